"""What `keyless verify` finds out about rights, and that the database stays as it is while it does."""

from collections.abc import Iterator
from typing import Any

import pytest

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.stage.running import Stage
from keyless.verify.command import spec_of
from keyless.verify.deployed import Deployed
from keyless.verify.probes import Probes
from keyless.verify.rehearsed import addresses
from keyless.verify.rights import Rights, rights
from tests.app.app import ACCESS

# Each statement on the table draws a number, which no rollback takes back; so does each call of the function. Planning
# an INSERT into the other table calls what pretends to be immutable.
_MADE = """
SET ROLE app_owner;
CREATE SEQUENCE foo.acts_seen;
CREATE TABLE foo.acts_order (id bigserial PRIMARY KEY, name text, amount integer DEFAULT 1);
INSERT INTO foo.acts_order (name) VALUES ('one'), ('two');
CREATE FUNCTION foo.acts_saw() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN PERFORM nextval('foo.acts_seen'); RETURN NULL; END $$;
CREATE TRIGGER acts_saw BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON foo.acts_order
    FOR EACH STATEMENT EXECUTE FUNCTION foo.acts_saw();
CREATE FUNCTION foo.acts_call() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('foo.acts_seen') $$;
CREATE VIEW foo.acts_view AS SELECT id, foo.acts_call() AS drawn FROM foo.acts_order;
CREATE FUNCTION foo.acts_planned() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE TABLE foo.acts_hostile (id integer PRIMARY KEY, n integer DEFAULT foo.acts_planned());
RESET ROLE;
ALTER DATABASE app SET track_functions = 'all'
"""
_GONE = """
ALTER DATABASE app RESET track_functions;
DROP VIEW foo.acts_view;
DROP TABLE foo.acts_order, foo.acts_hostile;
DROP FUNCTION foo.acts_saw, foo.acts_call, foo.acts_planned;
DROP SEQUENCE foo.acts_seen
"""
_HOSTILE = """
CREATE FUNCTION ops.acts_denies(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
    $$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'SECRET'; END $$;
CREATE TABLE ops.acts_shut (i int, j boolean DEFAULT ops.acts_denies(1));
ALTER TABLE ops.acts_shut OWNER TO app_owner;
ALTER TABLE ops.acts_shut ENABLE ROW LEVEL SECURITY;
CREATE POLICY denies ON ops.acts_shut USING (ops.acts_denies(1));
GRANT USAGE ON SCHEMA ops TO lambda_writer;
GRANT ALL ON ops.acts_shut TO lambda_writer
"""
_HARMLESS = """
DROP TABLE ops.acts_shut;
DROP FUNCTION ops.acts_denies;
REVOKE USAGE ON SCHEMA ops FROM lambda_writer
"""
_STATE = (
    "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
    "SELECT * FROM foo.acts_order ORDER BY id",
    "SELECT oid, relname, relfilenode, relacl::text, relowner FROM pg_class ORDER BY oid",
    "SELECT oid, nspname, nspacl::text FROM pg_namespace ORDER BY oid",
    "SELECT oid, proname, proacl::text FROM pg_proc ORDER BY oid",
    "SELECT oid, tgname FROM pg_trigger ORDER BY oid",
    "SELECT oid, * FROM pg_roles ORDER BY 1",
    "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relid",
    "SELECT funcname, calls FROM pg_stat_user_functions WHERE schemaname = 'foo' ORDER BY funcid",
)
"""The last two count what was rolled back, too."""


@pytest.fixture(scope="module", autouse=True)
def things(stage: Stage) -> Iterator[None]:
    with stage.superuser("app") as superuser:
        superuser.execute(_MADE)
    yield
    with stage.superuser("app") as superuser:
        superuser.execute(_GONE)


def _found(stage: Stage, deployed: Deployed, probing: Probes) -> Rights:
    return rights(deployed, probing, spec_of(ACCESS, deployed), addresses(stage))


def _wrong(stage: Stage, deployed: Deployed, probing: Probes) -> list[Line]:
    return [line for line in _found(stage, deployed, probing).lines if not line.holds]


def test_each_users_rights_are_as_the_spec_gives_them(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    found = _found(stage, deployed, probing)
    assert [line for line in found.lines if not line.holds] == []
    assert {line.group for line in found.lines} == {"user lambda_writer", "user migrator", "database app"}
    assert {line.measured.outcome for line in found.lines} == {
        Outcome.ALLOWED,
        Outcome.BY_POSTGRESQL,
        Outcome.AS_SPECIFIED,
    }
    assert "what drift_watch can do: no function logs in as it" in found.notes
    writer = next(row for row in found.rows if row.user == "lambda_writer" and "foo" in row.schemas)
    assert writer.cells[0].startswith("write")


@pytest.mark.parametrize(
    ("change", "back", "named"),
    [
        ("GRANT SELECT ON {} TO lambda_writer", "REVOKE SELECT ON {} FROM lambda_writer", "SELECT on table {}"),
        ("GRANT TRUNCATE ON {} TO lambda_writer", "REVOKE TRUNCATE ON {} FROM lambda_writer", "TRUNCATE on table {}"),
        ("REVOKE DELETE ON {} FROM lambda_writer", "GRANT DELETE ON {} TO lambda_writer", "DELETE on table {}"),
        (
            "GRANT UPDATE ON SEQUENCE foo.acts_seen TO lambda_writer",
            "REVOKE UPDATE ON SEQUENCE foo.acts_seen FROM lambda_writer",
            "UPDATE on sequence foo.acts_seen",
        ),
        (
            "GRANT EXECUTE ON FUNCTION foo.acts_call() TO lambda_writer",
            "REVOKE EXECUTE ON FUNCTION foo.acts_call() FROM lambda_writer",
            "EXECUTE on function foo.acts_call()",
        ),
        (
            "GRANT CREATE ON SCHEMA foo TO lambda_writer",
            "REVOKE CREATE ON SCHEMA foo FROM lambda_writer",
            "CREATE on schema foo",
        ),
        (
            "GRANT TEMPORARY ON DATABASE app TO lambda_writer",
            "REVOKE TEMPORARY ON DATABASE app FROM lambda_writer",
            "TEMPORARY on database app",
        ),
    ],
)
def test_a_right_changed_by_hand_is_named(
    stage: Stage, deployed: Deployed, probing: Probes, change: str, back: str, named: str
) -> None:
    with stage.superuser("app") as superuser:
        superuser.execute(change.format("foo.acts_order").encode())
        try:
            (line,) = _wrong(stage, deployed, probing)
        finally:
            superuser.execute(back.format("foo.acts_order").encode())
    assert line.what.startswith(f"lambda_writer: {named.format('foo.acts_order')}")
    assert line.group == "user lambda_writer"


def _state(stage: Stage) -> list[list[Any]]:
    stage.end_sessions()  # which is when they have told their statistics
    with stage.superuser("app") as superuser:
        return [superuser.execute(query.encode()).fetchall() for query in _STATE]


def test_the_database_stays_as_it_is(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    before = _state(stage)
    assert len(_found(stage, deployed, probing).lines) > 50
    assert _state(stage) == before


def test_a_locked_table_is_asked_about_all_the_same(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    with stage.superuser("app") as superuser, superuser.transaction():
        superuser.execute("LOCK TABLE foo.acts_order")
        assert _wrong(stage, deployed, probing) == []


def test_a_schema_of_the_spec_that_is_not_there_is_named(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    with stage.superuser("app") as superuser:
        superuser.execute("ALTER SCHEMA ops RENAME TO elsewhere")
        try:
            wrong = _wrong(stage, deployed, probing)
        finally:
            superuser.execute("ALTER SCHEMA elsewhere RENAME TO ops")
    assert "lambda_writer: USAGE on schema ops in database app" in {line.what for line in wrong}
    assert "there is no schema ops (3F000)" in {line.measured.reason for line in wrong}


def test_what_hostile_objects_raise_is_no_answer_and_no_evidence(
    stage: Stage, deployed: Deployed, probing: Probes
) -> None:
    """A policy that would deny a right, and a default that would tell what the prober may read."""
    with stage.superuser("app") as superuser:
        superuser.execute(_HOSTILE)
        try:
            lines = _found(stage, deployed, probing).lines
        finally:
            superuser.execute(_HARMLESS)
    wrong = {line.what for line in lines if not line.holds}
    assert {f"lambda_writer: {right} on table ops.acts_shut in database app" for right in ("SELECT", "INSERT")} <= wrong
    assert not [line for line in lines if "SECRET" in f"{line.measured.reason} {line.measured.message}"]
