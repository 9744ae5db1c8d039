"""The workflow's own script for the pull request's comment, run by Node against GitHub's API as far as it is used."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from keyless.access_plan.comment import MARKER
from tests.infrastructure.support import ROOT

GITHUB = """
const state = JSON.parse(process.env.STATE);
const calls = [];
const listComments = 'GET comments';
const github = {
  paginate: async (endpoint, { issue_number }) => {
    if (endpoint !== listComments || issue_number !== 7) throw new Error('not asked for the comments of the pull request');
    return state;
  },
  rest: { issues: {
    listComments,
    createComment: async (what) => { calls.push(['create', what]); },
    updateComment: async (what) => { calls.push(['update', what]); },
  } },
};
const context = {
  repo: { owner: 'acme', repo: 'aurora' }, runId: 99, serverUrl: 'https://github.example',
  payload: { pull_request: { number: 7 } },
};
const script = new (Object.getPrototypeOf(async () => {}).constructor)('require', 'github', 'context', process.env.SCRIPT);
script(require, github, context).then(() => console.log(JSON.stringify(calls)));
"""
BOT = {"login": "github-actions[bot]"}


def script() -> str:
    steps = yaml.safe_load((ROOT / ".github/workflows/pull-request.yml").read_text())["jobs"]["comment"]["steps"]
    (found,) = [step["with"]["script"] for step in steps if "script" in step.get("with", {})]
    return str(found)


def calls(
    folder: Path, comments: list[dict[str, Any]], plan: str | None = f"{MARKER}\nthe plan\n"
) -> "subprocess.CompletedProcess[str]":
    if plan is not None:
        (folder / "access-plan.md").write_text(plan)
    environment = {"SCRIPT": script(), "STATE": json.dumps(comments), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        ["node", "-e", GITHUB], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_first_run_writes_a_comment_with_a_link_to_the_run(tmp_path: Path) -> None:
    ((what, sent),) = json.loads(calls(tmp_path, []).stdout)
    assert (what, sent["owner"], sent["repo"], sent["issue_number"]) == ("create", "acme", "aurora", 7)
    assert (
        sent["body"]
        == f"{MARKER}\nthe plan\n\n[cdk diff and checks](https://github.example/acme/aurora/actions/runs/99)\n"
    )


def test_the_next_run_writes_the_same_comment_anew(tmp_path: Path) -> None:
    comments = [
        {"id": 1, "user": {"login": "somebody"}, "body": "hello"},
        {"id": 2, "user": BOT, "body": f"{MARKER}\nthe old plan"},
    ]
    ((what, sent),) = json.loads(calls(tmp_path, comments).stdout)
    assert (what, sent["comment_id"]) == ("update", 2)
    assert "the plan" in sent["body"]


@pytest.mark.parametrize(
    "other",
    [
        {"id": 3, "user": {"login": "somebody"}, "body": f"{MARKER}\nnot ours"},
        {"id": 4, "user": BOT, "body": f"about {MARKER}"},
        {"id": 5, "user": None, "body": MARKER},
        {"id": 6, "user": BOT, "body": None},
    ],
)
def test_nobody_elses_comment_is_touched(tmp_path: Path, other: dict[str, Any]) -> None:
    ((what, _),) = json.loads(calls(tmp_path, [other]).stdout)
    assert what == "create"


@pytest.mark.parametrize("plan", [None, "", "make: *** no rule"])
def test_without_a_plan_nothing_is_written(tmp_path: Path, plan: str | None) -> None:
    answer = calls(tmp_path, [], plan)
    assert answer.returncode != 0
    assert answer.stdout == ""
