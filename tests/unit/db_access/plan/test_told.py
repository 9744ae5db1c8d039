"""What another engine family tells of its changes is shown as PostgreSQL's are, in every form, and neither is taken for
the other."""

import json

import pytest

from db_access.plan import render
from db_access.plan.action import Action
from db_access.plan.changes import CreateDatabase
from db_access.plan.finding import of_evidence
from db_access.plan.packed import PackingError, packed, unpacked
from db_access.plan.report import Evidence, Summary, ToldEvidence, ToldSummary
from db_access.plan.told import Told

GIVEN = Told("give", "rights", Action.ADD, "SELECT on schema foo to reader", "the spec gives it", "GRANT SELECT …")
TAKEN = Told("lock", "accounts", Action.TAKE_AWAY, "the login of old", "not in\nthe spec", "ALTER USER …", ("old",))
SUMMARY = ToldSummary(plan=(GIVEN, TAKEN), database="app, log", digest="0", pending=("p",), warnings=("w",))
EVIDENCE = ToldEvidence(plan=(TAKEN,), database="app", violations=("v",), conflicts=(), lock_outs=())
SENTENCE = "take away the login of old (not in the spec)"


def test_as_text_a_plan_has_a_line_for_each_change_by_its_group() -> None:
    assert render.as_text({"app": SUMMARY}) == (
        "database app: 2 changes (1 to add, 0 to change, 1 to take away)\n"
        "  rights\n    + SELECT on schema foo to reader  -- the spec gives it\n"
        "  accounts\n    - the login of old  -- not in the spec\n"
        "  pending\n    ? p\n  warnings\n    ! w\n"
    )


def test_as_markdown_it_is_a_diff() -> None:
    shown = render.as_markdown({"app": SUMMARY})
    assert "| accounts | 0 | 0 | 1 |" in shown and "- the login of old  -- not in the spec" in shown


def test_as_json_it_has_the_fields_of_every_family_and_its_own_statement() -> None:
    found = json.loads(render.as_json({"app": SUMMARY}, _never))["databases"][0]["changes"][1]
    assert found == {
        "kind": "lock",
        "action": "take away",
        "group": "accounts",
        "what": "the login of old",
        "statement": "ALTER USER …",
        "reason": "not in\nthe spec",
    }


def _never(change: object) -> str:
    raise AssertionError(f"{change} has its own statement")


def test_what_is_taken_away_is_told_by_whom_it_is_taken_from() -> None:
    assert render.as_losses({"app": (TAKEN,)}).splitlines()[1] == "  from old: accounts: 1"


def test_the_watch_tells_what_a_deploy_would_do() -> None:
    assert of_evidence(EVIDENCE).changes == (SENTENCE,) and of_evidence(EVIDENCE).drift == 2


def test_everything_in_it_comes_back_from_an_answer() -> None:
    assert unpacked(packed(SUMMARY), ToldSummary) == SUMMARY
    assert unpacked(packed(EVIDENCE), ToldEvidence) == EVIDENCE


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        (SUMMARY, Summary),
        (EVIDENCE, Evidence),
        (Summary(plan=(CreateDatabase("app", reason="r"),), database="app", digest="0"), ToldSummary),
    ],
    ids=["a told summary for PostgreSQL's", "a told evidence for PostgreSQL's", "PostgreSQL's summary for a told one"],
)
def test_one_familys_report_is_not_taken_for_anothers(report: ToldSummary | Summary, kind: type) -> None:
    with pytest.raises(PackingError, match="not a report that this version"):
        unpacked(packed(report), kind)
