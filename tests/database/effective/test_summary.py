"""What `keyless matrix` counts is what it lists, and costs no more for more things that are alike."""

from collections import Counter

import psycopg
import pytest

from db_access.postgresql.session import OPTIONS
from keyless.effective import questions
from keyless.effective.shown import as_text
from keyless.effective.summary import Count, summary
from tests.conftest import MASTER, Database

_MADE = """
CREATE ROLE grp; CREATE ROLE alice LOGIN IN ROLE grp; CREATE ROLE bob LOGIN NOINHERIT IN ROLE grp;
CREATE SCHEMA foo; CREATE SCHEMA hidden; GRANT USAGE ON SCHEMA foo TO PUBLIC;
CREATE TABLE foo.own (id int, body text); GRANT SELECT (id) ON foo.own TO alice; GRANT UPDATE ON foo.own TO grp;
CREATE TABLE hidden.one (id int); GRANT SELECT ON hidden.one TO alice;
CREATE FUNCTION foo.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
_TABLES = """DO $$ BEGIN FOR i IN {}..{} LOOP
    EXECUTE format('CREATE TABLE foo.t%s (id int)', i);
    EXECUTE format('GRANT SELECT, DELETE ON foo.t%s TO grp', i);
END LOOP; END $$"""


@pytest.fixture
def shop(database: Database) -> Database:
    with database.superuser() as superuser:
        superuser.execute(_MADE.encode())
    return database


def counts(database: Database) -> list[Count]:
    with psycopg.connect(database.conninfo(MASTER), options=OPTIONS) as connection:
        return summary(connection)


def tables(database: Database, first: int, last: int) -> None:
    with database.superuser() as superuser:
        superuser.execute(_TABLES.format(first, last).encode())


def test_it_counts_what_is_listed(shop: Database) -> None:
    tables(shop, 1, 5)
    with psycopg.connect(shop.conninfo(MASTER), options=OPTIONS) as connection:
        found = [finding for finding in questions.matrix(connection) if not finding.lacks]
    listed = Counter((f.role, f.privilege, f.thing.kind, f.thing.schema) for f in found)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for count in counts(shop):
        counted[count.role, count.privilege, count.thing.kind, count.thing.schema] += count.things
    assert counted == listed
    assert listed["alice", "DELETE", "table", "foo"] == listed["bob", "DELETE", "table", "foo"] == 5
    text = as_text.matrix(counts(shop), "asked")
    assert text.startswith(f"asked: {len(found):,} privileges on {len({f.thing for f in found}):,} things\n")


def test_more_things_that_are_alike_cost_no_more(shop: Database) -> None:
    tables(shop, 1, 2)
    few = counts(shop)
    tables(shop, 3, 40)
    many = counts(shop)
    assert len(many) == len(few)
    assert {count.things for count in many if count.privilege == "DELETE" and count.role == "alice"} == {40}
