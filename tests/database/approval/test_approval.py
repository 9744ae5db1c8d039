"""A deploy that needs an approval does what was approved, in the database that it was approved for, or nothing; and
says all that differs."""

from pathlib import Path
from typing import Any

import pytest

from db_access.errors import PlanError, SpecError, UnapprovedError
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved, Expected, Identity, now
from db_access.spec.deployed import ForeignEventError, digest
from db_access.spec.transport import APPROVED, FOLDER, SpecFileError
from tests.conftest import Database
from tests.database.approval.deploying import Function, Watched
from tests.database.approval.facts import Facts, facts
from tests.database.approval.worlds import BASE, CHANGES, OTHER, by_hand, prepared
from tests.database.engine import run

MORE, LESS, LIMITED = CHANGES["a user more"], CHANGES["a user less"], CHANGES["a limit and a description"]


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, made.approve(spec)))
    return made


def state(function: Function) -> Facts:
    with function.database.superuser() as connection:
        return facts(connection)


def refused(function: Function, spec: AccessSpec, approved: Approved) -> tuple[str, ...]:
    """What differs; nothing is done."""
    before = state(function)
    with pytest.raises(UnapprovedError) as caught:
        function.deploy(spec, approved)
    assert state(function) == before
    return caught.value.differences


def test_a_refusal_says_all_that_is_new_and_all_that_is_missing(function: Function) -> None:
    approved = function.approve(LIMITED)
    by_hand(function.database, "ALTER ROLE reader CONNECTION LIMIT 7", "GRANT DELETE ON bar.audit TO reader")
    assert refused(function, LIMITED, approved) == (
        'not approved: REVOKE DELETE ON TABLE "bar"."audit" FROM "reader"',
        'approved, and not to be done any more: ALTER ROLE "reader" LOGIN INHERIT CONNECTION LIMIT 7 ',
    )


@pytest.mark.parametrize(
    ("name", "value"), [("host", "other.cluster-abc.eu-west-1.rds.amazonaws.com"), ("system", "1"), ("oid", "5")]
)
def test_an_approval_for_another_database_of_that_name_is_refused(function: Function, name: str, value: str) -> None:
    approved = function.approve(MORE)
    (expected,) = approved.databases
    other = expected.model_copy(update={"identity": expected.identity.model_copy(update={name: value})})
    (problem,) = refused(function, MORE, approved.model_copy(update={"databases": (other,)}))
    assert problem.startswith(f"another database: its {name} is ") and problem.endswith(f"; approved: {value}")


def test_a_run_with_nothing_to_do_needs_no_approval(function: Function) -> None:
    nowhere = Expected(database="app", identity=Identity(host="nowhere", system=None, oid="1"))
    approved = Approved(made=now(), spec=digest(BASE.as_properties()), databases=(nowhere,))
    assert function.deploy(BASE, approved)["Changes"] == 0


def test_no_login_ends_unless_all_that_goes_with_it_was_approved(function: Function) -> None:
    approved = function.approve(LESS)
    by_hand(function.database, "GRANT DELETE ON bar.audit TO lambda_writer", "REVOKE DELETE ON bar.audit FROM reader")
    by_hand(function.database, "GRANT SELECT ON ops.migration TO lambda_writer")
    refused(function, LESS, approved)
    assert run(function.database, "reader", "SELECT count(*) FROM foo.event") == [(0,)]


def test_no_login_ends_where_there_is_no_plan(function: Function) -> None:
    """Without an approval it would: a login's end waits for nothing. With one, the way there is a new approval."""
    spec = AccessSpec.parse(
        {**MORE.as_properties(), "users": [*MORE.as_properties()["users"][:2], {"username": "auditor"}]}
    )
    approved = function.approve(spec)
    by_hand(function.database, "CREATE ROLE auditor")
    before = state(function)
    with pytest.raises(PlanError, match="auditor"):
        function.deploy(spec, approved)
    assert state(function) == before


def test_what_comes_under_the_lock_and_would_need_more_is_refused_with_all_of_it(function: Function) -> None:
    """Without an approval the run carries on with it."""
    approved = function.approve(MORE)
    later: list[Facts] = []

    def disturb() -> None:
        run(function.database, "migrator", "CREATE TABLE foo.between (id int)")
        run(function.database, "migrator", "GRANT SELECT ON foo.between TO reader WITH GRANT OPTION")
        later.append(state(function))

    Watched.between = disturb
    with pytest.raises(UnapprovedError, match=r'not approved: .*"between"'):
        function.deploy(MORE, approved)
    assert state(function) == later[0]


def test_an_approval_is_for_one_spec(function: Function) -> None:
    before = state(function)
    with pytest.raises(ForeignEventError, match="the approval is for the access spec with the digest"):
        function.deploy(OTHER, function.approve(MORE))
    assert state(function) == before


@pytest.mark.parametrize(
    "named", [{}, {"Approved": {"Digest": "0" * 64, "Made": "2030-01-01T00:00:00.000000Z"}}, {"Approved": {}}]
)
def test_an_event_without_the_deployed_approval_is_refused(function: Function, named: dict[str, Any]) -> None:
    function.deploy(MORE, function.approve(MORE))
    by_hand(function.database, "GRANT DELETE ON bar.audit TO reader")
    before = state(function)
    properties = {name: value for name, value in function.properties.items() if name != "Approved"}
    with pytest.raises(ForeignEventError, match="is not the one that was deployed"):
        function.send({**properties, **named})
    assert state(function) == before


def test_an_event_can_not_bring_an_approval_where_none_was_deployed(function: Function) -> None:
    function.deploy(MORE, None)
    with pytest.raises(ForeignEventError, match="is not the one that was deployed"):
        function.send({**function.properties, "Approved": {"Digest": "0" * 64, "Made": now()}})


def test_an_approval_whose_file_was_changed_is_refused(function: Function) -> None:
    approved = function.approve(MORE)
    function.deploy(MORE, approved)
    by_hand(function.database, "DROP OWNED BY auditor", "DROP ROLE auditor")
    file = function.folder / FOLDER / f"{APPROVED}{approved.digest}.json"
    file.write_text(file.read_text().replace("auditor", "anybody"))
    with pytest.raises(SpecFileError, match="has no approval with the digest"):
        function.send(function.properties)


def test_a_database_that_the_approval_does_not_name_is_left_alone(function: Function) -> None:
    approved = function.approve(MORE)
    other = approved.databases[0].model_copy(update={"database": "other"})
    (problem,) = refused(function, MORE, approved.model_copy(update={"databases": (other,)}))
    assert problem == "the approval says nothing of this database"


@pytest.mark.parametrize("first", [True, False])
def test_an_approval_is_about_databases_or_a_first_deploy(first: bool) -> None:
    raw = {"made": now(), "spec": "0" * 64, "first": first, "databases": []}
    if first:
        raw["databases"] = [{"database": "app", "identity": {"host": "h", "system": None, "oid": None}}]
    with pytest.raises(SpecError, match="either `first` or about databases"):
        Approved.parse(raw, "x.json")
