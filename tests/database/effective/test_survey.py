"""What a survey counts is what `who can` finds of each table, one by one: also what leads around a right."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from db_access.postgresql.session import OPTIONS
from keyless.effective import questions
from keyless.effective.named import Named
from keyless.effective.survey import Place, Survey, survey
from tests.conftest import MASTER, Database

_MADE = """
CREATE ROLE grp; CREATE ROLE other; CREATE ROLE ana LOGIN IN ROLE grp; CREATE ROLE ben LOGIN; CREATE ROLE cleo LOGIN NOINHERIT IN ROLE grp;
CREATE SCHEMA foo; CREATE SCHEMA shown; GRANT USAGE ON SCHEMA foo, shown TO grp, ben, other;
CREATE TABLE foo.one (id int, body text); CREATE TABLE foo.two (id int, body text); CREATE TABLE foo.three (id int);
GRANT SELECT ON foo.three TO grp; GRANT INSERT ON foo.one TO ben;
CREATE VIEW shown.first AS SELECT * FROM foo.one; CREATE VIEW shown.second AS SELECT * FROM foo.two;
CREATE VIEW shown.third AS SELECT * FROM shown.first; CREATE VIEW shown.mine WITH (security_invoker) AS SELECT * FROM foo.two;
GRANT SELECT, UPDATE ON shown.first, shown.second TO grp; GRANT SELECT ON shown.third TO ben; GRANT SELECT (id) ON shown.second TO ben;
CREATE TABLE foo.parts (id int) PARTITION BY RANGE (id); GRANT SELECT, INSERT ON foo.parts TO ben;
CREATE TABLE foo.part_1 PARTITION OF foo.parts FOR VALUES FROM (0) TO (10);
CREATE TABLE foo.part_2 PARTITION OF foo.parts FOR VALUES FROM (10) TO (20);
ALTER TABLE foo.three OWNER TO other;
CREATE FUNCTION shown.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION shown.f() OWNER TO other;
REVOKE EXECUTE ON FUNCTION shown.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION shown.f() TO ben;
"""
_DATA = ("SELECT", "INSERT", "UPDATE", "DELETE")
Counted = Counter[tuple[str, str, str, bool]]
"""By login, privilege, schema, and whether by a right of its own."""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection[Any]]:
    with database.superuser() as superuser:
        superuser.execute(_MADE.encode())
    with psycopg.connect(database.conninfo(MASTER), options=OPTIONS) as made:
        yield made


def surveyed(connection: Connection[Any]) -> Survey:
    found = survey(connection)
    connection.rollback()
    return found


def asked_one_by_one(connection: Connection[Any]) -> Counted:
    tables = connection.execute(
        "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE nspname IN ('foo', 'shown') AND relkind IN ('r', 'p', 'v')"
    ).fetchall()
    connection.rollback()
    counted: Counted = Counter()
    for schema, name in tables:
        for privilege in _DATA:
            found = questions.who(connection, privilege, Named("app", schema, name))
            connection.rollback()
            whole = [finding for finding in found if not finding.thing.column and not finding.lacks]
            counted.update((finding.role, privilege, schema, finding.directly) for finding in whole)
    return counted


def test_it_counts_what_is_found_of_each_table(connection: Connection[Any]) -> None:
    found, expected = surveyed(connection), asked_one_by_one(connection)
    counted: Counted = Counter()
    for counts, own in ((found.held, True), (found.through, False)):
        for count in counts:
            if count.thing.kind == "table" and count.privilege in _DATA and count.thing.schema in ("foo", "shown"):
                counted[count.role, count.privilege, count.thing.schema, own] += count.things
    assert counted == expected
    assert expected["ana", "SELECT", "foo", False] == 2
    assert expected["ben", "SELECT", "foo", False] == 5


def test_places_have_all_things_that_are_there(connection: Connection[Any]) -> None:
    found = surveyed(connection)
    assert found.things[Place("table", "foo", "")] == 6
    assert found.things[Place("table", "shown", "")] == 4
    assert found.things[Place("schema", "", "foo")] == found.things[Place("database", "", "app")] == 1
    assert found.superusers < set(found.logins)


def test_a_sentence_for_everybody_names_no_user(connection: Connection[Any]) -> None:
    """So that those who have the same are shown together."""
    found = surveyed(connection)
    routes = {(count.role, route) for count in (*found.held, *found.through) for route in count.routes}
    told = [(role, r.of_anybody) for role, r in routes if role in ("ana", "ben", "cleo") and role in r.of_anybody]
    assert told == []
    assert any(role in route.sentence for role, route in routes)
