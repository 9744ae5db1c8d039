"""What the spec gives, as the rehearsal reads it: by itself, so it is held to the page, not to the engine."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless_probe.rights.things import Column, Kind, Thing

EVENT = Thing(
    Kind.TABLE, "foo", "event", "app_owner", "r", (Column("id", True, "integer"), Column("name", True, "text"))
)
NUMBER = Thing(Kind.SEQUENCE, "foo", "event_id_seq", "app_owner")
OTHER = Thing(Kind.TABLE, "bar", "other", "app_owner", "r", EVENT.columns)
FOO = Thing(Kind.SCHEMA, "foo", "foo", "app_owner")
CALL = Thing(Kind.FUNCTION, "foo", "f", "app_owner", arguments=("integer",))


def meaning(grant: dict[str, Any] | None = None, public: str = "locked", **user: Any) -> Meaning:
    schemas = [{"name": name, "owner": "app_owner"} for name in ("foo", "bar")]
    grants = {"grants": [{"database": "app", "schemas": ["foo"], **grant}]} if grant is not None else {}
    spec = {
        "databases": [{"name": "app", "public": public, "schemas": schemas}],
        "users": [{"username": "u", **grants, **user}],
    }
    return Meaning(AccessSpec.parse(spec), "app")


def given(found: Meaning, thing: Thing, privileges: str, role: str = "u") -> set[str]:
    return {each for each in privileges.split() if found.allows(role, thing, "", frozenset({each}))}


TABLE = "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN"


@pytest.mark.parametrize(
    ("access", "tables", "sequences"),
    [
        ("read_only", {"SELECT"}, set()),
        ("append_only", {"INSERT"}, {"USAGE"}),
        ("write_only", {"INSERT", "UPDATE", "DELETE"}, {"USAGE"}),
        ("read_write", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {"USAGE"}),
        ("owner", set(), set()),
    ],
)
def test_a_preset_is_what_the_page_says(access: str, tables: set[str], sequences: set[str]) -> None:
    found = meaning({"access": access})
    assert given(found, EVENT, TABLE) == tables
    assert given(found, NUMBER, "USAGE SELECT UPDATE") == sequences
    assert given(found, OTHER, TABLE) == set()


def test_an_owners_sessions_act_as_the_owner_and_can_do_everything() -> None:
    found = meaning({"access": "owner"})
    assert found.acts_as(found.spec.users[0]) == "app_owner"
    assert given(found, EVENT, TABLE, "app_owner") == set(TABLE.split())
    assert given(found, FOO, "USAGE CREATE", "app_owner") == {"USAGE", "CREATE"}


def test_key_columns_are_read_and_the_rest_of_the_table_is_not() -> None:
    found = meaning({"access": "append_only", "key_columns": ["id"]})
    assert found.allows("u", EVENT, "id", frozenset({"SELECT"}))
    assert not found.allows("u", EVENT, "", frozenset({"SELECT"}))
    both = meaning({"access": "append_only", "key_columns": ["id", "name"]})
    assert both.allows("u", EVENT, "", frozenset({"SELECT"}))


def test_only_is_that_object_alone() -> None:
    found = meaning({"functions": ["EXECUTE"], "tables": ["SELECT"], "only": ["foo.f(integer)"]})
    assert given(found, CALL, "EXECUTE") == {"EXECUTE"}
    assert given(found, EVENT, TABLE) == set()


def test_who_may_not_use_a_schema_can_do_nothing_in_it() -> None:
    found = meaning({"tables": ["SELECT"], "schema_privileges": []})
    assert given(found, EVENT, TABLE) == set()


def test_groups_give_unless_they_are_not_inherited() -> None:
    def of(**membership: Any) -> Meaning:
        spec = AccessSpec.parse(
            {
                "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
                "groups": [{"name": "g", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}],
                "users": [{"username": "u", "groups": [{"name": "g", **membership}]}],
            }
        )
        return Meaning(spec, "app")

    assert given(of(), EVENT, TABLE) == {"SELECT"}
    assert given(of(inherit=False), EVENT, TABLE) == set()


def test_predefined_roles_give_what_postgresql_says() -> None:
    assert given(meaning(groups=["pg_read_all_data"]), EVENT, TABLE) == {"SELECT"}
    assert given(meaning(groups=["pg_monitor"]), EVENT, TABLE) == set()


def test_public_has_what_is_left_open() -> None:
    database = Thing(Kind.DATABASE, "", "app", "")
    assert given(meaning(public="open"), database, "CONNECT CREATE TEMPORARY") == {"CONNECT", "TEMPORARY"}
    assert given(meaning(), database, "CONNECT CREATE TEMPORARY") == set()


def test_whose_a_thing_is_says_the_spec_and_not_the_database() -> None:
    taken = Thing(Kind.TABLE, "foo", "event", "u", "r", EVENT.columns)
    assert given(meaning({"access": "append_only"}), taken, TABLE) == {"INSERT"}
    assert given(meaning(), taken, TABLE, "app_owner") == set(TABLE.split())
    of_a_schema = Thing(Kind.SCHEMA, "foo", "foo", "u")
    assert given(meaning({"access": "append_only"}), of_a_schema, "USAGE CREATE") == {"USAGE"}


def test_what_a_schema_that_keeps_its_owner_has_is_whose_the_database_says() -> None:
    schemas = [{"name": "own", "owner": "app_owner"}, {"name": "kept", "owner": "keep", "creators": ["loader"]}]
    grants = [{"database": "app", "schemas": ["kept"], "access": "read_only"}]
    users = [{"username": "u", "grants": grants}, {"username": "boss"}]
    found = Meaning(AccessSpec.parse({"databases": [{"name": "app", "schemas": schemas}], "users": users}), "app")
    table, schema = Thing(Kind.TABLE, "kept", "t", "boss", "r"), Thing(Kind.SCHEMA, "kept", "kept", "boss")
    assert found.schemas == {"own": "app_owner", "kept": ""} and found.makers("kept") == ("loader",)
    assert given(found, table, TABLE) == {"SELECT"}
    known = found.as_found([schema, table, Thing(Kind.SCHEMA, "own", "own", "boss")])
    assert known.schemas == {"own": "app_owner", "kept": "boss"}
    assert given(known, table, TABLE, "boss") == set(TABLE.split()) and given(known, table, TABLE) == {"SELECT"}
    assert given(known, schema, "USAGE CREATE", "boss") == {"USAGE", "CREATE"}
    assert given(known, Thing(Kind.SCHEMA, "own", "own", "boss"), "USAGE CREATE", "boss") == set()
