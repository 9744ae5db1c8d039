"""How a round's results are shown: the worst first, no cluster left out, and no name breaks out of its place."""

import json

import pytest

from keyless.fleet.found import Found, Result, State, found
from keyless.fleet.shown import FORMS, shown

HOSTILE = "x`|</details>\n\x1b[31m##[error]\u202e"


def of(cluster: str, *databases: Found) -> Result:
    return Result(cluster, databases, admins=("master", HOSTILE))


RESULTS = [
    of("d-fine", found("app", State.FINE)),
    of("c-little", found("app", State.DRIFT, ["one"])),
    of("b-much", found("app", State.DRIFT, [f"'{HOSTILE}' can", "two"]), found("other", State.FINE)),
    of("untried", found(None, State.UNTRIED, ["interrupted"])),
    of("a-unreachable", found("app", State.FINE), found("other", State.UNREACHABLE, ["no connection"])),
    of("z-failed", found(None, State.FAILED, ["the spec"])),
]
ORDER = ["z-failed", "a-unreachable", "b-much", "c-little", "untried", "d-fine"]


def test_the_worst_comes_first_in_every_form() -> None:
    assert [one["cluster"] for one in json.loads(shown(RESULTS, "json"))["clusters"]] == ORDER
    assert [json.loads(line)["cluster"] for line in shown(RESULTS, "jsonl").splitlines()] == ORDER
    for form in ("text", "markdown"):
        text = shown(RESULTS, form)
        at = [text.index(name) for name in ORDER]
        assert at == sorted(at), form


def test_all_are_counted() -> None:
    counts = json.loads(shown(RESULTS, "json"))["counts"]
    assert counts == {"failed": 1, "unreachable": 1, "drift": 2, "not looked at": 1, "fine": 1}
    assert "6 clusters: 1 failed, 1 unreachable, 2 drift, 1 not looked at, 1 fine" in shown(RESULTS, "text")


@pytest.mark.parametrize("form", FORMS)
def test_no_name_speaks_to_a_terminal_or_a_runner(form: str) -> None:
    text = shown(RESULTS, form)
    assert text.replace("\n", "").isprintable() and "##[" not in text


def test_no_name_leaves_its_cell_or_its_line() -> None:
    assert len(shown(RESULTS, "jsonl").splitlines()) == len(RESULTS)
    rows = [line for line in shown(RESULTS, "markdown").splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in rows} == {5, 3}
    for line in shown(RESULTS, "markdown").splitlines():
        assert "</details>" not in line or line == "</details>" or "`` " in line


def test_a_cluster_of_much_drift_stays_small() -> None:
    one = found("app", State.DRIFT, ["x" * 100_000] * 500)
    assert (one.differences, one.left_out, one.label) == (500, 480, "drift 500")
    assert sum(map(len, one.reasons)) <= 20_000
    assert "and 499 more" in shown([of("much", one)], "text")
