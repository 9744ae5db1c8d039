"""Files in the docs that belong into an app of `keyless init`: with them it passes every gate, and its linters.

`LANGUAGE app FILE` is the whole file, `LANGUAGE app FILE added` what is put at its end.
"""

import json
import runpy
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest

from db_access.spec import AccessSpec
from keyless.init.answers import Answers
from keyless.rehearsal.own_lines.reading import read
from scripts.newcomer import not_said
from tests.docs.reading.pages import ROOT, Block, of_kind
from tests.infrastructure.library.test_generated import complaints, generated

BY_PAGE: dict[str, list[Block]] = defaultdict(list)
for _block in of_kind("python app", "yaml app"):
    BY_PAGE[_block.page].append(_block)


def put(block: Block, app: Path) -> None:
    path = app / block.info[2]
    added = block.info[3:] == ("added",)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if added else "") + block.text)


def findings(app: Path) -> list[str]:
    """What fails a synth of every environment, by the app's own app.py."""
    context = json.loads((app / "cdk.json").read_text())["context"]
    extra = {"environment": "all", "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    made = cdk.App(outdir=str(app / "cdk.out"), analytics_reporting=False, context={**context, **extra})
    runpy.run_path(str(app / "app.py"))["app"]().compose(made)
    try:
        made.synth()
    except RuntimeError as error:
        return [str(error)]
    return []


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """With its modules where app.py looks for them, and nowhere afterwards."""
    app = generated(tmp_path, Answers())
    monkeypatch.syspath_prepend(app)
    before = {*sys.modules}
    yield app
    for name in {*sys.modules} - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(app):
            del sys.modules[name]


@pytest.mark.parametrize("page", BY_PAGE)
def test_an_app_with_a_pages_files_passes_every_gate(page: str, app: Path) -> None:
    for block in BY_PAGE[page]:
        put(block, app)
    assert findings(app) == []
    assert list(complaints(app)) == []


@pytest.mark.parametrize("page", BY_PAGE)
def test_each_function_of_a_page_is_called_in_the_rehearsal_as_a_user_of_its_own(page: str, app: Path) -> None:
    for block in BY_PAGE[page]:
        put(block, app)
    assert findings(app) == []
    users = {user.username for user in AccessSpec.load(app / "config/access.yaml").users}
    folders = {path.parent.name for path in (app / "functions").glob("*/handler.py")}
    assert "reports" in folders <= users
    assert all(read(app / "functions" / folder / "rehearsal.yaml").lines for folder in folders)
    templates = "".join(path.read_text() for path in (app / "cdk.out").glob("app-KeylessAurora-dev-*.template.json"))
    assert all(f"functions/{folder}" in templates for folder in folders)


def block(language: str, file: str, text: str, *more: str) -> Block:
    return Block("docs/new.md", 1, (language, "app", file, *more), text)


def test_a_file_that_breaks_a_gate_is_seen(app: Path) -> None:
    user = """
import aws_cdk as cdk
from aws_cdk import aws_iam as iam


def workload(scope, environment, foundation):
    stack = WorkloadStack(scope, environment, foundation, functions=FUNCTIONS)
    iam.CfnUser(stack, "User")
    return stack
"""
    put(block("python", "workload.py", user, "added"), app)
    assert findings(app)


def test_a_file_that_is_not_clean_is_seen(app: Path) -> None:
    put(block("python", "workload.py", "import os\n", "added"), app)
    assert list(complaints(app))


def test_make_newcomer_sees_a_table_of_the_tutorial_that_is_no_longer_printed() -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    shown = not_said(tutorial, [])
    assert shown[1] == "What was tried" and any("user drift_watch" in line for line in shown), shown
    assert not_said(tutorial, [line.rstrip() for line in shown]) == []
    assert not_said(tutorial, [line.rstrip() for line in shown if "database app " not in line]) != []
