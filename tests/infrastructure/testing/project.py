"""A project as a user has one: an app of its own, and the tests that docs/testing.md shows."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.infrastructure.support import ROOT

_PAGE = ROOT / "docs" / "testing.md"
_APP = ROOT / "tests" / "app"
_OF_THE_LIBRARY = ("", "constructs", "bootstrap_lambda", "client")


@dataclass(frozen=True)
class Result:
    failed: set[str]
    """Names of the tests that failed or couldn't start."""
    text: str


@dataclass(frozen=True)
class Project:
    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Project":
        """With the app of tests/app, but one environment only, which takes a third of the time."""
        shutil.copytree(_APP, folder, ignore=shutil.ignore_patterns("__pycache__"))
        project = cls(folder)
        for path in folder.glob("*.py"):
            path.write_text(path.read_text().replace("tests.app.", ""))
        project.edit("environments.py", "(DEV, STAGING, PROD)", "(DEV,)")
        (folder / "tests" / "yours").mkdir(parents=True)
        (folder / "tests" / "yours" / "test_app.py").write_text(shown())
        return project

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def test(self, *, accept: bool = False) -> Result:
        """Run the project's tests, or accept what they find, as their message says it."""
        paths = os.pathsep.join([str(self.folder), *(str(ROOT / part) for part in _OF_THE_LIBRARY)])
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_", "PYTEST_", "UPDATE_"))}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rfE", "--color=no", "-p", "no:cacheprovider", "tests/yours"],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": paths, **({"UPDATE_SNAPSHOTS": "1"} if accept else {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        failed = set(re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)", done.stdout, re.MULTILINE))
        assert (done.returncode == 0) == (not failed), f"{done.stdout}\n{done.stderr}"
        return Result(failed, done.stdout)


def shown() -> str:
    """The module in docs/testing.md."""
    (module,) = re.findall(r"^```python quote [^\n]*\n(.*?)^```$", _PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(module)
