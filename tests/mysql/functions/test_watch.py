"""The drift watch of a server of the MySQL family: what was changed by hand is named, nothing is written, and only what
was deployed is looked at."""

import json
from typing import Any

import pytest

from db_access import handler, watch
from db_access.errors import AccessError, UnreachableError
from db_access.mysql.names import watching
from db_access.plan.packed import unpacked
from db_access.plan.report import ToldEvidence, ToldSummary
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import grant, spec, user
from tests.mysql.functions.deploying import CLUSTER, MASTER_SECRET, Function, dumped, event
from tests.mysql.servers import Instance, rows

WATCH = user("drift_watch")
OTHER = user("another")
SCHEMA = watching("keyless-aurora")
READER = spec(user("reader", grant("foo", access="read_only")), WATCH, OTHER)
WRITER = spec(user("reader", grant("foo", access="read_write")), WATCH, OTHER)


@pytest.fixture
def watched(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Function:
    """As its own user, which may connect, and look by the procedures that the deploy has made for it."""
    made = deployed(instance, monkeypatch, WATCH_USER="drift_watch")
    made.by_token_as("drift_watch")
    return made


def deployed(instance: Instance, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Function:
    tables(instance)
    made = Function(instance, monkeypatch)
    made.set(**variables)
    made.deploy(READER)
    handler.on_event(event("Create", READER), None)
    return made


def look(wanted: AccessSpec = READER, **more: Any) -> dict[str, Any]:
    return watch.handler({"Cluster": CLUSTER, "Spec": wanted.as_properties(), **more}, None)


def by_hand(watched: Function, *statements: str) -> None:
    with watched.instance.superuser() as root:
        for statement in statements:
            rows(root, statement)


def test_a_server_that_is_as_its_spec_says_has_no_drift(watched: Function, capsys: pytest.CaptureFixture[str]) -> None:
    found = look()
    assert (found["drift"], found["busy"], found["database"], found["cluster"]) == (0, False, "app", CLUSTER)
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("GRANT DELETE ON foo.* TO reader@'%'", "reader"),
        ("CREATE USER stranger@'%' IDENTIFIED BY 'Stranger-1'; GRANT SELECT ON foo.* TO stranger@'%'", "stranger"),
        ("ALTER USER reader@'%' ACCOUNT LOCK", "reader"),
        ("ALTER USER reader@'%' REQUIRE NONE", "reader"),
        ("ALTER USER reader@'%' IDENTIFIED BY 'Of-reader-1'", "reader"),
        ("CREATE ROLE more; GRANT INSERT ON foo.* TO more; GRANT more TO reader@'%'", "more"),
        ("GRANT SELECT (id) ON bar.event TO reader@'%'", "reader"),
        ("GRANT EXECUTE ON `keyless\\_aurora\\_%`.* TO reader@'%'", "reader"),
        ("GRANT SELECT ON foo.* TO drift_watch@'%'", "drift_watch"),
        ("DROP USER reader@'%'", "reader"),
    ],
)
def test_what_was_changed_by_hand_is_named_and_nothing_is_written(
    watched: Function, statement: str, named: str
) -> None:
    by_hand(watched, *statement.split("; "))
    before = dumped(watched.instance)
    found = look()
    assert found["drift"] and named in found["summary"]
    assert dumped(watched.instance) == before


def test_a_deploy_that_is_at_work_makes_the_answer_busy(watched: Function) -> None:
    by_hand(watched, "ALTER USER reader@'%' ACCOUNT LOCK")
    with watched.instance.connect() as deploy:
        rows(deploy, "SELECT GET_LOCK('keyless-aurora', 0)")
        assert (look()["busy"], look()["drift"]) == (True, None)


def test_anybody_else_who_holds_the_lock_hides_nothing(watched: Function) -> None:
    by_hand(watched, "ALTER USER reader@'%' ACCOUNT LOCK")
    with watched.instance.superuser() as other:
        rows(other, "SELECT GET_LOCK('keyless-aurora', 0)")
        assert look()["drift"]


@pytest.mark.parametrize(
    "more", [{"Cluster": "db-OTHER"}, {"Database": "app"}, {"Spec": WRITER.as_properties()}, {"Spec": None}]
)
def test_only_what_was_deployed_is_looked_at(watched: Function, more: dict[str, Any]) -> None:
    with pytest.raises(AccessError, match=r"nothing was (done|changed)"):
        look(**more)


def test_a_question_about_another_spec_is_answered_and_carried_out_by_nobody(watched: Function) -> None:
    before = dumped(watched.instance)
    plan = watch.handler({"Plan": WRITER.as_properties()}, None)
    proof = watch.handler({"Prove": WRITER.as_properties()}, None)
    assert unpacked(plan["Plan"], ToldSummary).plan
    assert not unpacked(proof["Proof"], ToldEvidence).holds
    assert dumped(watched.instance) == before


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"Propose": WRITER.as_properties()}, "no server of the MySQL family is deployed by an approval yet"),
        ({"Plan": WRITER.as_properties(), "Database": "app"}, "other fields than Plan"),
        ({"Plan": WRITER.as_properties(), "Cluster": CLUSTER}, "other fields than Plan"),
        ({"Plan": None}, "the access spec has"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(watched: Function, question: Any, said: str) -> None:
    before = dumped(watched.instance)
    assert said in watch.handler(question, None)["errorMessage"]
    assert dumped(watched.instance) == before


def test_the_master_looks_by_what_the_server_has_and_finds_the_same(watched: Function) -> None:
    by_hand(watched, "ALTER USER reader@'%' ACCOUNT LOCK", "GRANT SELECT (id) ON bar.event TO reader@'%'")
    found = look()
    watched.set(MYSQL_USER=watched.instance.master, DB_MASTER_SECRET_ARN=MASTER_SECRET)
    assert look() == found


@pytest.mark.parametrize("watch_user", [None, "another"])
def test_a_user_that_nothing_was_made_for_is_told_to_deploy_again(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, watch_user: str | None
) -> None:
    made = deployed(instance, monkeypatch, **({"WATCH_USER": watch_user} if watch_user else {}))
    made.by_token_as("drift_watch")
    with pytest.raises(AccessError, match=r"aren't there for this user, so nothing was looked at .*; deploy again"):
        look()


def test_a_procedure_of_another_version_is_told_and_hides_no_drift(watched: Function) -> None:
    by_hand(watched, f"DROP PROCEDURE {SCHEMA}.accounts", f"CREATE PROCEDURE {SCHEMA}.accounts() SELECT 1")
    with pytest.raises(AccessError, match=r"is not this version's, so nothing was looked at; deploy again"):
        look()


def test_a_server_that_cannot_be_reached_is_an_error_without_the_token(watched: Function) -> None:
    by_hand(watched, "ALTER USER drift_watch@'%' ACCOUNT LOCK")
    with pytest.raises(UnreachableError, match="nothing was changed") as refused:
        look()
    assert watched.instance.server.key not in str(refused.value)
