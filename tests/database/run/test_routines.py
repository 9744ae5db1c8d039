"""Every routine is named as that one and no other, whatever is beside it: in statements, by `only`, and to the proof."""

from typing import Any

import pytest

from db_access.postgresql import ddl, reconcile
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, connect_as_master, converge, make_tables, remove, run, spec

FUNCTION = "LANGUAGE sql AS 'SELECT 1'"
PROCEDURE = "LANGUAGE plpgsql AS 'BEGIN END'"
AGGREGATE = "(SFUNC = pg_catalog.int4pl, STYPE = int)"
MAKING = (
    "CREATE TYPE bar.mood AS ENUM ('glad')",
    'CREATE TYPE bar."int4" AS (n int)',
    'CREATE TYPE bar."A, ""b" AS (n int)',
    # each pair or triple is one routine to whoever gives the types alone
    f"CREATE FUNCTION foo.f(int, text) RETURNS int {FUNCTION}",
    f"CREATE PROCEDURE foo.f(int, OUT text) {PROCEDURE}",
    f"CREATE PROCEDURE foo.g(INOUT int, OUT text) {PROCEDURE}",
    f"CREATE FUNCTION foo.g(int, text) RETURNS int {FUNCTION}",
    f"CREATE PROCEDURE foo.h(OUT int, OUT text) {PROCEDURE}",
    f"CREATE FUNCTION foo.h(int, text) RETURNS int {FUNCTION}",
    f"CREATE PROCEDURE foo.h(int, OUT int) {PROCEDURE}",
    f"CREATE FUNCTION foo.h(int, int) RETURNS int {FUNCTION}",
    f"CREATE FUNCTION foo.v(VARIADIC int[]) RETURNS int {FUNCTION}",
    f"CREATE PROCEDURE foo.w(OUT text, VARIADIC int[]) {PROCEDURE}",
    f"CREATE FUNCTION foo.w(text, int[]) RETURNS int {FUNCTION}",
    f"CREATE FUNCTION foo.o(int, OUT a int, OUT b text) RETURNS record {FUNCTION.replace('1', '1, null::text')}",
    f"CREATE FUNCTION foo.o(int, text) RETURNS int {FUNCTION}",
    f"CREATE FUNCTION foo.o() RETURNS TABLE (a int) {FUNCTION}",
    "CREATE AGGREGATE foo.count_all(*) (SFUNC = pg_catalog.int8inc, STYPE = int8, INITCOND = 0)",
    f"CREATE AGGREGATE foo.total(int) {AGGREGATE}",
    f"CREATE PROCEDURE foo.total(OUT int) {PROCEDURE}",
    f"CREATE FUNCTION foo.finish(int, float8) RETURNS int {FUNCTION}",
    "CREATE AGGREGATE foo.middle(float8 ORDER BY int) (SFUNC = pg_catalog.int4pl, STYPE = int, INITCOND = 0, "
    "FINALFUNC = foo.finish)",
    f"CREATE FUNCTION foo.moody(bar.mood, bar.mood[]) RETURNS int {FUNCTION}",
    f'CREATE FUNCTION foo.typed(bar."int4") RETURNS int {FUNCTION}',
    f'CREATE PROCEDURE foo.typed(int4, OUT bar."int4") {PROCEDURE}',
    f'CREATE FUNCTION foo.typed(int4, bar."int4") RETURNS int {FUNCTION}',
    f'CREATE FUNCTION foo.typed(bar."A, ""b", "char") RETURNS int {FUNCTION}',
    f'CREATE FUNCTION foo."F(""x, y"(int, text) RETURNS int {FUNCTION}',
    f'CREATE PROCEDURE foo."F(""x, y"(int, OUT text) {PROCEDURE}',
)
ONE = "report"


def executing(*only: str) -> dict[str, Any]:
    functions: dict[str, Any] = {"functions": ["EXECUTE"], **({"only": list(only)} if only else {})}
    return {"username": ONE, "grants": [{"database": "app", "schemas": ["foo"], **functions}]}


def wanted(*only: str) -> Any:
    return spec(users=[*SAMPLE.as_properties()["users"], executing(*only)])


@pytest.fixture
def overloaded(database: Database) -> Database:
    converge(database)
    make_tables(database)
    run(database, "migrator", *MAKING)
    return database


def signatures(database: Database) -> list[str]:
    """As PostgreSQL itself writes what a routine takes, which is what nothing else of its name takes."""
    with database.superuser() as connection:
        connection.execute("SET search_path = pg_catalog")
        found = connection.execute(
            "SELECT proname || '(' || oidvectortypes(proargtypes) || ')' FROM pg_proc "
            "WHERE pronamespace = 'foo'::regnamespace ORDER BY 1"
        ).fetchall()
    return [signature for (signature,) in found]


def executable(database: Database) -> set[str]:
    with database.superuser() as connection:
        connection.execute("SET search_path = pg_catalog")
        found = connection.execute(
            "SELECT proname || '(' || oidvectortypes(proargtypes) || ')' FROM pg_proc "
            "WHERE pronamespace = 'foo'::regnamespace AND has_function_privilege(%s, oid, 'EXECUTE')",
            [ONE],
        )
        return {signature for (signature,) in found}


def test_all_routines_are_given_and_taken_back(overloaded: Database) -> None:
    converge(overloaded, wanted())
    assert executable(overloaded) == set(signatures(overloaded))
    assert converge(overloaded, wanted()).changes == 0
    remove(overloaded)
    assert executable(overloaded) == set()


def test_only_names_each_routine_and_no_other(overloaded: Database) -> None:
    for signature in signatures(overloaded):
        summary = converge(overloaded, wanted(f"foo.{signature}"))
        assert not summary.pending
        assert executable(overloaded) == {signature}
        assert converge(overloaded, wanted(f"foo.{signature}")).changes == 0


def test_what_is_too_much_on_one_of_them_is_the_proofs_finding_and_taken_back(overloaded: Database) -> None:
    converge(overloaded, wanted())
    run(overloaded, "migrator", "GRANT EXECUTE ON FUNCTION foo.f(int, text) TO lambda_writer")
    found = reconcile.prove(connect_as_master(overloaded), wanted(), overloaded.name)
    assert any("foo.f" in sentence for sentence in found.violations)
    converge(overloaded, wanted())
    assert reconcile.prove(connect_as_master(overloaded), wanted(), overloaded.name).violations == ()


def test_the_script_for_psql_names_them_too(overloaded: Database) -> None:
    summary = reconcile.preview(connect_as_master(overloaded), wanted(), overloaded.name)
    run(overloaded, MASTER, ddl.script({overloaded.name: summary}))
    assert executable(overloaded) == set(signatures(overloaded))
    assert converge(overloaded, wanted()).changes == 0


def test_routines_that_a_user_made_move_to_the_owner(overloaded: Database) -> None:
    makes: dict[str, Any] = {"schemas": ["foo", "bar"], "schema_privileges": ["USAGE", "CREATE"]}
    maker = {"username": "maker", "grants": [{"database": "app", **makes}]}
    with_maker = spec(users=[*SAMPLE.as_properties()["users"], maker])
    converge(overloaded, with_maker)
    run(overloaded, "maker", f"CREATE FUNCTION foo.m(int, text) RETURNS int {FUNCTION}")
    run(overloaded, "maker", f"CREATE PROCEDURE foo.m(int, OUT text) {PROCEDURE}")
    converge(overloaded, with_maker)
    owners = "SELECT DISTINCT proowner::regrole::text FROM pg_proc WHERE proname = 'm'"
    assert run(overloaded, "rdsadmin", owners) == [("app_owner",)]
    assert converge(overloaded, with_maker).changes == 0
