"""Everything but prose has an owner, who must approve its change: also what nobody has thought of yet."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.infrastructure.support import ROOT

CODEOWNERS = (ROOT / ".github/CODEOWNERS").read_text()
PLACEHOLDER = "@your-org/your-team"
FREE = re.compile(r"docs/(.+/)?[^/]+\.md|(README|CHANGELOG|CONTRIBUTING)\.md")
"""What may have no owner: prose."""
PATTERN = re.compile(r"\*|/[\w.-]+(/[\w.-]+)*/?|/[\w-]+/\*\*/\*\.\w+")
"""The patterns of GitHub that this file uses: everything, a folder, a file, and files of one kind anywhere in a folder."""


def rules(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        if words := line.partition("#")[0].split():
            assert PATTERN.fullmatch(words[0]), f"{words[0]} is a pattern that this test can't read"
            yield words[0], words[1:]


def owners(text: str, path: str) -> list[str]:
    """The last pattern that fits decides (GitHub, About code owners)."""
    found: list[str] = []
    for pattern, who in rules(text):
        if fits(pattern, path):
            found = who
    return found


def fits(pattern: str, path: str) -> bool:
    if "/**/*" in pattern:
        folder, _, ending = pattern[1:].partition("/**/*")
        return path.startswith(f"{folder}/") and path.endswith(ending)
    return pattern == "*" or path == pattern[1:] or (pattern.endswith("/") and path.startswith(pattern[1:]))


def unowned(text: str, paths: Iterable[str]) -> list[str]:
    return [path for path in paths if not FREE.fullmatch(path) and not owners(text, path)]


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split("\0")[:-1]


def test_every_file_but_prose_has_an_owner() -> None:
    assert unowned(CODEOWNERS, tracked()) == []


@pytest.mark.parametrize(
    "path",
    [
        "app.py", "cdk.json", "cdk.context.json", "Makefile", "package-lock.json", "constraints.txt", "pyproject.toml",
        "stacks/environments.py", "constructs/keyless_aurora/pipeline/deploy_role.py", "keyless_checks/gates.py",
        "bootstrap_lambda/db_access/handler.py", "client/keyless_client/token.py", "keyless/assembly/archive.py",
        "sample/writer/handler.py", "config/access.yaml", "scripts/bootstrap_options.py", ".github/CODEOWNERS",
        ".github/workflows/deploy.yml", "a/new/folder.py", "tests/infrastructure/pipeline/test_workflows.py",
        "tests/conftest.py", "conftest.py", "docs/conftest.py", "tests/iam/ask.mjs", "tests/matrix/package-lock.json",
        "tests/database/run/test_drift.py", "tests/rehearsal/conftest.py", "tests/README.md", "bench/runs.py",
        "docs/policies/master-logins.json", "docs/new.json", "SECURITY.md", "LICENSE",
    ],
)  # fmt: skip
def test_these_have_one(path: str) -> None:
    assert owners(CODEOWNERS, path) == [PLACEHOLDER] or (PLACEHOLDER not in CODEOWNERS and owners(CODEOWNERS, path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (re.compile(r"^\*.*$", re.MULTILINE), ""),
        (re.compile(r"\Z"), "\n/keyless_checks/\n"),
        (re.compile(r"\Z"), "\n/.github/CODEOWNERS\n"),
        (re.compile(r"\Z"), "\n*\n"),
        (re.compile(r"\Z"), "\n/tests/\n"),
        (re.compile(r"\Z"), "\n/tests/conftest.py\n"),
        (re.compile(r"\Z"), "\n/tests/**/*.mjs\n"),
        (re.compile(r"/docs/\*\*/\*\.md"), "/docs/"),
        (re.compile(r"/docs/\*\*/\*\.md"), "/docs/**/*.json"),
    ],
)
def test_a_gap_is_seen(old: re.Pattern[str], new: str) -> None:
    assert unowned(old.sub(new, CODEOWNERS, count=1), tracked()) != []


def test_the_file_is_where_github_looks_for_it_first() -> None:
    assert not [name for name in ("CODEOWNERS", "docs/CODEOWNERS") if (Path(ROOT) / name).exists()]
