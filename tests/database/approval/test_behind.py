"""As whom an object acts, and what somebody comes to with a role, is part of what was approved."""

from pathlib import Path
from typing import LiteralString

import pytest

from db_access.errors import UnapprovedError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.approval.cases import MEMBER, OWNER, READER, SUPERUSER, Case, assert_done, assert_refused, happen
from tests.database.approval.deploying import Function
from tests.database.approval.test_first import TWO
from tests.database.approval.worlds import BASE, prepared
from tests.database.engine import major

_HELPER = (
    "CREATE ROLE helper",
    "CREATE SCHEMA his",
    "CREATE TABLE his.salary (id int)",
    "GRANT USAGE ON SCHEMA his TO helper",
)
_SHOWN = "ALTER VIEW foo.shown OWNER TO app_owner"
_DEFINER = (
    *_HELPER,
    "CREATE FUNCTION his.paid() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "ALTER FUNCTION his.paid() OWNER TO helper",
    "CREATE VIEW foo.shown AS SELECT his.paid() AS paid",
    _SHOWN,
)
_VIEW = (
    *_HELPER,
    "CREATE VIEW his.paid AS SELECT * FROM his.salary",
    "ALTER VIEW his.paid OWNER TO helper",
    "CREATE VIEW foo.shown AS SELECT * FROM his.paid",
    _SHOWN,
)


def _by_hand(*statements: str, difference: str, before: tuple[str, ...] = (), spec: AccessSpec = MEMBER) -> Case:
    return Case(spec, statements, difference, before, SUPERUSER)


CASES = {
    "a definer function's owner becomes a superuser": _by_hand(
        "ALTER ROLE helper SUPERUSER", before=_DEFINER, spec=READER, difference='now "helper" has SUPERUSER$'
    ),
    "a definer function's owner is past row security": _by_hand(
        "ALTER ROLE helper BYPASSRLS", before=_DEFINER, spec=READER, difference='now "helper" has BYPASSRLS$'
    ),
    "a definer function's owner gets a group": _by_hand(
        "GRANT pg_read_all_data TO helper",
        before=_DEFINER,
        spec=READER,
        difference='now "helper" in "pg_read_all_data"$',
    ),
    "a group of a definer function's owner gets a group": _by_hand(
        "GRANT pg_read_all_data TO helpers",
        before=(*_DEFINER, "CREATE ROLE helpers", "GRANT helpers TO helper"),
        spec=READER,
        difference='now "helpers" in "pg_read_all_data"$',
    ),
    "a view's owner may read what it shows": _by_hand(
        "GRANT SELECT ON his.salary TO helper",
        before=_VIEW,
        spec=READER,
        difference='now "helper" has SELECT on table "his"."salary"$',
    ),
    "a view's owner may read a column of it": _by_hand(
        "GRANT SELECT (id) ON his.salary TO helper",
        before=_VIEW,
        spec=READER,
        difference='now "helper" has SELECT on table "his"."salary"$',
    ),
    "a group of a view's owner may read what it shows": _by_hand(
        "GRANT SELECT ON his.salary TO helpers",
        before=(*_VIEW, "CREATE ROLE helpers", "GRANT helpers TO helper"),
        spec=READER,
        difference='now "helpers" has SELECT on table "his"."salary"$',
    ),
    "a setting": _by_hand(
        "GRANT SET ON PARAMETER session_replication_role TO team",
        difference='now "team" has SET on parameter session_replication_role$',
    ),
    "more of a setting": _by_hand(
        "GRANT ALTER SYSTEM ON PARAMETER session_replication_role TO team",
        before=("GRANT SET ON PARAMETER session_replication_role TO team",),
        difference='now "team" has ALTER SYSTEM, SET on parameter session_replication_role$',
    ),
    "a large object": _by_hand(
        "GRANT SELECT ON LARGE OBJECT 77777 TO team",
        before=("SELECT lo_create(77777)",),
        difference='now "team" has SELECT on large object 77777$',
    ),
    "a large object of the owner's": _by_hand(
        "ALTER LARGE OBJECT 77777 OWNER TO app_owner",
        before=("SELECT lo_create(77777)",),
        spec=OWNER,
        difference=r'now large object 77777 \(77777\) of "app_owner"$',
    ),
    "a language": _by_hand(
        "GRANT USAGE ON LANGUAGE plpgsql TO team", difference='now "team" has USAGE on language plpgsql$'
    ),
    "a foreign server's owner": _by_hand(
        "ALTER SERVER other OWNER TO team",
        before=(
            "CREATE FOREIGN DATA WRAPPER wrapper",
            "GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO team",
            "CREATE SERVER other FOREIGN DATA WRAPPER wrapper",
            "GRANT USAGE ON FOREIGN SERVER other TO team",
        ),
        difference=r'now server other \(\d+\) of "team"',
    ),
    "a function of PostgreSQL's own": _by_hand(
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO team",
        difference=r'now "team" has EXECUTE on function "pg_catalog"."pg_read_file"\(text\)$',
    ),
    "a catalog": _by_hand(
        "GRANT SELECT ON pg_authid TO team", difference='now "team" has SELECT on table "pg_catalog"."pg_authid"$'
    ),
    "a tablespace": _by_hand(
        "GRANT CREATE ON TABLESPACE pg_default TO team", difference='now "team" has CREATE on tablespace pg_default$'
    ),
    "another database": _by_hand(
        "GRANT CREATE ON DATABASE postgres TO team", difference='now "team" has CREATE on database postgres$'
    ),
    "a group that could be a superuser": _by_hand(
        "ALTER ROLE strangers SUPERUSER",
        before=("CREATE ROLE strangers", "GRANT strangers TO team"),
        difference='now "strangers" has SUPERUSER$',
    ),
}

IN_REACH = "a group that could be a superuser"


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


@pytest.mark.parametrize("name", CASES)
def test_whose_rights_an_object_and_a_member_have_is_what_was_approved(name: str, function: Function) -> None:
    case = CASES[name]
    if name == IN_REACH and major(function.database) < 16:
        happen(function, case.by, case.before)
        function.deploy(BASE, None)  # who may make roles there takes back any membership
        assert not function.deploy(BASE, None)["Changes"]
        return
    assert_refused(case, function)


@pytest.mark.parametrize("name", CASES)
def test_an_approval_of_whose_rights_there_are_is_carried_out(name: str, function: Function) -> None:
    assert_done(CASES[name], function)


def _in_postgres(function: Function, *statements: LiteralString) -> None:
    with function.database.server.connect() as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_a_group_has_in_a_database_that_the_spec_lacks_is_what_was_approved(function: Function) -> None:
    function.deploy(BASE, None)
    approved = function.approve(MEMBER)
    _in_postgres(function, "CREATE TABLE public.elsewhere (id int)", "GRANT SELECT ON public.elsewhere TO team")
    try:
        with pytest.raises(UnapprovedError, match=r'now "team" has something in database "postgres": [0-9a-f]{64}'):
            function.deploy(MEMBER, approved)
        assert function.deploy(MEMBER, function.approve(MEMBER))["Changes"] > 0
    finally:
        _in_postgres(function, "DROP TABLE public.elsewhere")


def test_what_an_approval_itself_gives_to_a_group_in_each_database_is_in_no_ones_way(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second database's run finds what the first has given, and the group's in the first is not its business."""
    function, raw = Function(database, tmp_path, monkeypatch), TWO.as_properties()
    everywhere = [{"database": d, "schemas": ["foo"], "access": "read_only"} for d in ("app", "second")]
    more = AccessSpec.parse(
        {
            **raw,
            "groups": [*raw["groups"], {"name": "both", "groups": ["team"], "grants": everywhere}],
            "owners": [{"name": "app_owner", "groups": ["team"], "privileges": ["TEMPORARY"]}],
            "users": [*raw["users"], {"username": "new", "groups": ["both", "team"], "databases": ["app", "second"]}],
        }
    )
    for spec in (TWO, more):
        approved = function.approve(spec)
        for name in ("app", "second"):
            assert function.deploy(spec, approved, name)["Changes"] > 0
