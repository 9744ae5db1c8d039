"""What is well takes a line; each problem has its evidence and a command that can be copied."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from keyless.preflight import report
from keyless.preflight.finding import Problem, Result, Verdict

COMMAND = "aws logs delete-log-group --log-group-name " + "/aws/rds/cluster/" + "x" * 100
FAILS = Result("names in use", (Problem("log group \x1b[31m[bold]::error::\n/aws is there", (COMMAND,)),))
UNSEEN = Result("quotas", (Problem.unknown("these credentials need the permission ec2:DescribeVpcs"),))
WELL = Result("zones")


def shown(*results: Result, width: int = 60) -> str:
    console = Console(file=io.StringIO(), width=width)
    report.show({"eu-west-1": results}, "dev", console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_command_is_shown_whole_on_a_line_of_its_own() -> None:
    assert f"    {COMMAND}" in shown(FAILS).splitlines()


def test_what_is_well_is_one_line() -> None:
    assert shown(WELL, Result("clock")).splitlines()[0] == "Preflight of dev in eu-west-1. Well: zones, clock."


def test_names_from_the_account_start_no_line_and_no_escape() -> None:
    text = shown(FAILS, width=200)
    assert "\x1b" not in text
    assert not [line for line in text.splitlines() if line.startswith("/aws")]
    assert "[bold]::error::" in text


@pytest.mark.parametrize(
    ("results", "failing", "sentence"),
    [
        ((WELL,), 0, "Nothing that was seen would fail a deploy of dev."),
        ((UNSEEN,), 0, "Nothing that was seen would fail a deploy of dev. 1 thing could not be seen."),
        ((FAILS, UNSEEN), 1, "1 problem would fail a deploy of dev. 1 thing could not be seen. Nothing was changed. "),
    ],
)
def test_it_ends_with_what_would_fail_and_what_was_not_seen(
    results: tuple[Result, ...], failing: int, sentence: str
) -> None:
    last = shown(*results).splitlines()[-1]
    assert last.startswith(sentence)
    assert ("make deploy ENV=dev PREFLIGHT=off" in last) is bool(failing)
    assert report.failures({"eu-west-1": results}) == failing


def test_the_same_is_written_for_machines(tmp_path: Path) -> None:
    report.write({"eu-west-1": (FAILS, WELL)}, "dev", tmp_path / "found.json")
    written = json.loads((tmp_path / "found.json").read_text())
    assert [(each["place"], each["check"], each["verdict"]) for each in written["results"]] == [
        ("eu-west-1", "names in use", "fail"),
        ("eu-west-1", "zones", "pass"),
    ]
    assert written["results"][0]["problems"][0]["remedies"] == [COMMAND]


def test_a_check_that_found_a_problem_and_could_not_see_more_has_failed() -> None:
    assert Result("zones", (*UNSEEN.problems, *FAILS.problems)).verdict is Verdict.FAIL
