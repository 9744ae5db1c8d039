"""Rights on objects with code of their own: what a trigger or a function raises is neither a right nor the lack of one."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.lines.rights import catalog, doing, stand_ins
from keyless.rehearsal.lines.rights.measured import Session, Tried
from keyless.rehearsal.lines.rights.probes import probes
from keyless.rehearsal.lines.rights.words import rows
from tests.conftest import Database

MADE: Final = """
CREATE ROLE holder LOGIN; CREATE ROLE nobody LOGIN; CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO holder, nobody;
CREATE FUNCTION s.a_boom() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no change here''; END';
CREATE FUNCTION s.b_deny() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE insufficient_privilege; END';
CREATE TABLE s.a_raises (id int PRIMARY KEY); CREATE TABLE s.b_denies (id int PRIMARY KEY); CREATE TABLE s.c_bare ();
CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON s.a_raises EXECUTE FUNCTION s.a_boom();
CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON s.b_denies EXECUTE FUNCTION s.b_deny();
CREATE FUNCTION s.a_default(a int DEFAULT 1, VARIADIC b text[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION s.b_array(a text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA s FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER ON ALL TABLES IN SCHEMA s TO holder;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA s TO holder;
"""
HELD: Final = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "EXECUTE", "USAGE"}


@pytest.fixture
def superuser(database: Database) -> Iterator["Connection[Any]"]:
    with database.connect("rdsadmin") as connection:
        for statement in MADE.split(";\n"):
            connection.execute(statement.encode())
        with stand_ins.made(connection, {"s": "rdsadmin"}, []):
            yield connection


def tried(database: Database, superuser: "Connection[Any]", user: str) -> Session:
    things = catalog.things(superuser, ["s"], frozenset({"s.d_view"}))
    asked = [probe for thing in things for probe in probes(thing, superuser.info.server_version, frozenset())]
    with psycopg.connect(doing.with_options(database.conninfo(user))) as connection:
        found = doing.answers(connection, asked, itself=False)
    pairs = zip(asked, found, strict=True)
    return Session(user, database.name, user, tuple(Tried(probe, False, answer) for probe, answer in pairs))


def ours(each: Tried) -> bool:
    return not each.probe.thing.name.startswith(stand_ins.NAME)


def test_who_holds_a_right_has_it_whatever_a_trigger_raises(database: Database, superuser: "Connection[Any]") -> None:
    found = tried(database, superuser, "holder")
    wrong = [each for each in found.tried if ours(each) and each.can is not (each.probe.any_of <= HELD)]
    assert [(each.probe.shown, each.answer) for each in wrong] == []
    named = {each.probe.shown for each in found.tried}
    assert "INSERT on table s.c_bare" in named
    assert "EXECUTE on function s.a_default(integer, text[])" in named


def test_who_holds_nothing_is_refused_by_postgresql(database: Database, superuser: "Connection[Any]") -> None:
    found = tried(database, superuser, "nobody")
    wrong = [each for each in found.tried if ours(each) and each.can is not False]
    assert [(each.probe.shown, each.answer) for each in wrong] == []


def test_a_refusal_that_postgresql_does_not_stand_behind_says_so(
    database: Database, superuser: "Connection[Any]"
) -> None:
    """The right on the view is there; that its owner's on the table isn't, is another matter."""
    superuser.execute("CREATE ROLE other; CREATE VIEW s.d_view AS SELECT * FROM s.a_raises")
    superuser.execute("ALTER VIEW s.d_view OWNER TO other; GRANT SELECT ON s.d_view TO holder")
    found = {each.probe.shown: each for each in tried(database, superuser, "holder").tried}
    view = found["SELECT on table s.d_view"]
    assert (view.can, view.answer.message) == (
        None,
        "PostgreSQL says that the right is there, and yet: permission denied for table a_raises",
    )


def test_everything_is_all_that_was_tried(database: Database, superuser: "Connection[Any]") -> None:
    assert "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER (a_raises, b_denies)" in shown(
        tried(database, superuser, "holder")
    )
    superuser.execute(SQL("GRANT ALL ON ALL TABLES IN SCHEMA s TO {}").format(Identifier("holder")))
    assert "everything (a_raises, b_denies" in shown(tried(database, superuser, "holder"))


def shown(session: Session) -> str:
    return " ".join(row.cells[0] for row in rows([session]))
