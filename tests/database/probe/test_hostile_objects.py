"""A probe finds out about rights on hostile objects, and none of their code runs."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.conftest import Database
from tests.database.probe.asking import asked, session
from tests.database.probe.hostile_objects import called, made

# What a probe's queries call and compare, as somebody who may CREATE in the schema can make it. An exact type would be
# taken before PostgreSQL's own array_agg(anynonarray), were the schema in the path at all.
_SHADOWS: Final = """
SET ROLE keeper;
CREATE FUNCTION lair.current_setting(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'forged'; END $$;
CREATE FUNCTION lair.pg_backend_pid() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 0; END $$;
CREATE FUNCTION lair.pg_has_role(oid, oid, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.has_table_privilege(oid, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.has_schema_privilege(text, oid, text) RETURNS boolean
    LANGUAGE plpgsql AS $$ BEGIN RETURN false; END $$;
CREATE FUNCTION lair.collected(name[], name) RETURNS name[] LANGUAGE plpgsql AS $$ BEGIN RETURN $1; END $$;
CREATE AGGREGATE lair.array_agg(name) (SFUNC = lair.collected, STYPE = name[], INITCOND = '{forged}');
CREATE FUNCTION lair.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR lair.= (LEFTARG = name, RIGHTARG = name, FUNCTION = lair.same);
CREATE FUNCTION lair.same(name, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR lair.= (LEFTARG = name, RIGHTARG = text, FUNCTION = lair.same);
CREATE FUNCTION lair.same(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR lair.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = lair.same);
CREATE VIEW lair.pg_roles AS SELECT 0::oid AS oid, 'forged'::name AS rolname;
CREATE VIEW lair.pg_class AS SELECT 0::oid AS oid, 'forged'::name AS relname;
CREATE DOMAIN lair.text AS pg_catalog.text CHECK (lair.as_check(1));
RESET ROLE;
CREATE FUNCTION lair.as_cast(lair.odd) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'forged'; END $$;
CREATE CAST (lair.pair AS text) WITH INOUT AS IMPLICIT;
GRANT USAGE ON TYPE lair.text TO PUBLIC;
ALTER ROLE somebody SET search_path = lair, pg_catalog
"""


@pytest.fixture
def lair(database: Database) -> Iterator[Database]:
    with made(database):
        yield database


def _held(facts: dict[str, Any]) -> dict[str, set[str]]:
    return {one["thing"]["name"]: set(one["privileges"]) for one in facts["things"] if one["thing"]["kind"] == "table"}


def test_no_code_of_hostile_objects_runs(lair: Database) -> None:
    before = called(lair)
    connection = session(lair, "somebody")
    found = _held(asked(connection, "lair", roles=("keeper",)))
    assert called(lair, connection) == before
    assert {"by_policy", "by_default", "by_rule", "by_view", "by_trigger", "part", "by_server"} <= found.keys()
    assert all(privileges >= {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"} for privileges in found.values())


def test_nothing_of_a_role_s_own_search_path_runs_or_is_believed(lair: Database) -> None:
    with session(lair, "somebody") as connection:
        honest = asked(connection, "lair")
    with lair.superuser() as superuser:
        superuser.execute(_SHADOWS.encode())
    before = called(lair)
    connection = session(lair, "somebody")
    assert connection.execute("SHOW search_path").fetchone() == ("lair, pg_catalog",)
    found = asked(connection, "lair", roles=("keeper",))
    assert called(lair, connection) == before
    for what in ("version", "application_name", "exists", "superuser", "may give", "may end sessions"):
        assert found[what] == honest[what]


@pytest.mark.parametrize("broken", ["SELECT current_setting('server_version')", "SELECT lair.pg_backend_pid()"])
def test_such_code_would_be_seen_to_run(lair: Database, broken: str) -> None:
    with lair.superuser() as superuser:
        superuser.execute(_SHADOWS.encode())
    before = called(lair)
    connection = session(lair, "somebody")
    connection.execute(broken.encode())
    assert called(lair, connection) != before
