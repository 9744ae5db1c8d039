"""Every wrong combination in a grant is refused with its place and what is allowed there."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec, Grant
from db_access.spec.model.grants import OBJECT_PRIVILEGES
from db_access.spec.model.names import split_object
from tests.spec_problems import bare

PLACE = "users[0].grants[0]"


def spec(**grant: Any) -> AccessSpec:
    schemas = [{"name": "foo", "owner": "o"}, {"name": "foo.bar", "owner": "o"}]
    users = [{"username": "u", "grants": [{"database": "app", "schemas": ["foo"], **grant}]}]
    return AccessSpec.parse({"databases": [{"name": "app", "schemas": schemas}], "users": users})


@pytest.mark.parametrize(
    ("grant", "problem"),
    [
        (
            {"access": "read_only", "tables": ["SELECT"]},
            f"{PLACE}.tables: can't be combined with `access: read_only`; allowed: either a preset or lists",
        ),
        (
            {"access": "write_only", "functions": ["EXECUTE"]},
            f"{PLACE}.functions: can't be combined with `access: write_only`",
        ),
        (
            {"access": "owner", "key_columns": ["id"]},
            f"{PLACE}.key_columns: `access: owner` includes everything already",
        ),
        ({"access": "owner", "only": ["foo.t"]}, f"{PLACE}.only: `access: owner` includes everything already"),
        (
            {"access": "owner", "schema_privileges": ["CREATE"]},
            f"{PLACE}.schema_privileges: `access: owner` includes",
        ),
        ({}, f"{PLACE}: grants nothing; allowed: `access` with a preset, or one of tables, sequences"),
        ({"only": ["foo.t"]}, f"{PLACE}: grants nothing"),
        (
            {"access": "read_write", "key_columns": ["id"]},
            f"{PLACE}.key_columns: SELECT on whole tables includes them already",
        ),
        ({"tables": ["SELECT"], "key_columns": ["id"]}, f"{PLACE}.key_columns: SELECT on whole tables includes them"),
        (
            {"access": "read_only", "only": ["bar.t"]},
            f"{PLACE}.only[0]: 'bar.t' is not in a schema of this grant; allowed: foo.<object>",
        ),
        ({"access": "read_only", "only": ["foo."]}, f"{PLACE}.only[0]: 'foo.' is not in a schema"),
        ({"access": "read_only", "only": ["t"]}, f"{PLACE}.only[0]: 't' is not in a schema"),
        ({"tables": ["USAGE"]}, f"{PLACE}.tables[0]: 'USAGE' is not allowed; allowed: 'SELECT', 'INSERT'"),
        (
            {"sequences": ["INSERT"]},
            f"{PLACE}.sequences[0]: 'INSERT' is not allowed; allowed: 'USAGE', 'SELECT' or 'UPDATE'",
        ),
        ({"functions": ["SELECT"]}, f"{PLACE}.functions[0]: 'SELECT' is not allowed; allowed: 'EXECUTE'"),
        ({"types": ["EXECUTE"]}, f"{PLACE}.types[0]: 'EXECUTE' is not allowed; allowed: 'USAGE'"),
        (
            {"tables": ["SELECT"], "schema_privileges": ["DROP"]},
            f"{PLACE}.schema_privileges[0]: 'DROP' is not allowed; allowed: 'USAGE' or 'CREATE'",
        ),
    ],
)
def test_a_wrong_grant_is_refused_with_place_and_allowed_values(grant: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as refused:
        spec(**grant)
    assert any(found.startswith(problem) for found in bare(refused.value)), bare(refused.value)


@pytest.mark.parametrize(
    "grant",
    [
        {"access": "write_only", "key_columns": ["id"]},
        {"key_columns": ["id"]},
        {"access": "read_only", "only": ["foo.t"], "database_privileges": ["TEMPORARY"]},
        {"tables": ["SELECT"], "sequences": ["USAGE"], "functions": ["EXECUTE"], "types": ["USAGE"]},
        {"schema_privileges": ["CREATE"]},
        {"access": "owner", "database_privileges": ["CREATE", "TEMPORARY"]},
    ],
)
def test_a_valid_combination_passes(grant: dict[str, Any]) -> None:
    assert spec(**grant).users[0].grants[0].database == "app"


def test_an_object_belongs_to_the_longest_schema_that_fits() -> None:
    assert split_object("foo.bar.t", ["foo", "foo.bar"]) == ("foo.bar", "t")
    assert split_object("foo.bar.t", ["foo"]) == ("foo", "bar.t")


def test_every_list_of_privileges_on_objects_is_marked_as_one() -> None:
    """A new field of `Grant` is either in this list or excludes a preset."""
    others = {"database", "schemas", "access", "key_columns", "only", "schema_privileges", "database_privileges"}
    assert set(Grant.model_fields) - others == set(OBJECT_PRIVILEGES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("foo.f(int)", "foo.f(integer)"),
        ("foo.f(integer,text)", "foo.f(integer, text)"),
        ("foo.f(VARCHAR[], timestamptz)", "foo.f(character varying[], timestamp with time zone)"),
        ("foo.f(bool[][])", "foo.f(boolean[])"),
        ("foo.f( )", "foo.f()"),
    ],
)
def test_a_function_that_no_database_can_have_is_refused_with_the_one_that_is_meant(written: str, meant: str) -> None:
    with pytest.raises(SpecError) as refused:
        spec(functions=["EXECUTE"], only=[written])
    assert refused.value.problems == (
        f"{PLACE}.only[0] (u): no function is named {written!r}; did you mean {meant!r}? allowed: argument types as "
        "PostgreSQL writes them",
    )
    spec(functions=["EXECUTE"], only=[meant])


@pytest.mark.parametrize(
    "name", ["foo.f()", 'foo.f("int")', "foo.f(bar.int)", "foo.f(double precision[])", "foo.f(mood, numeric)"]
)
def test_a_function_as_postgresql_writes_it_is_taken(name: str) -> None:
    spec(functions=["EXECUTE"], only=[name])


def test_a_table_may_be_named_like_a_function() -> None:
    spec(tables=["SELECT"], only=["foo.f(int)"])
