"""PUBLIC, locked and open, as docs/access-spec.md ("PUBLIC, locked") says; what a database's schemas belong to."""

from typing import Any

import pytest

from db_access.plan.privileges import PUBLIC, DefaultKey, Kind
from tests.unit.db_access.postgresql.specs import all_rights, asked_for, locked, spec, user

FOO = {"name": "foo", "owner": "owner"}
IN_FOO = {"schema foo", "table foo.*", "sequence foo.*", "function foo.*"}


def test_a_locked_public_has_nothing_on_the_database_schema_public_and_the_declared_schemas_types_apart() -> None:
    assert locked(asked_for(spec(schemas=[FOO]))) == {"database app", "schema public", *IN_FOO}


def test_a_locked_public_has_nothing_on_a_declared_schema_public_and_its_objects() -> None:
    state = asked_for(spec(schemas=[{"name": "public", "owner": "owner"}]))
    in_public = {place.replace("foo", "public") for place in IN_FOO}
    assert locked(state) == {"database app", *in_public}
    assert len([objects for objects in state.objects if objects.names == ("public",)]) == 1


def test_a_locked_database_without_schemas_locks_itself_and_schema_public() -> None:
    assert locked(asked_for(spec(schemas=[]))) == {"database app", "schema public"}


def test_public_is_locked_on_key_columns_too() -> None:
    state = asked_for(spec(user("u", {"key_columns": ["id"]}), schemas=[FOO]))
    assert "table foo.*(id)" in locked(state)


@pytest.mark.parametrize("grant", [{"access": "read_only"}, {"key_columns": ["id"]}, {"types": ["USAGE"]}])
def test_an_open_public_is_nobodys_business(grant: dict[str, Any]) -> None:
    state = asked_for(spec(user("u", grant), public="open"))
    assert not [objects for objects in state.objects if PUBLIC in objects.acl]
    assert not [acl for acl in state.defaults.values() if PUBLIC in acl]


def test_an_open_database_says_nothing_of_an_undeclared_schema_public() -> None:
    assert "public" not in {objects.schema for objects in asked_for(spec(public="open")).objects}


@pytest.mark.parametrize(("only", "place"), [([], "type foo.*"), (["foo.mood"], "type foo.mood")])
def test_types_stay_usable_for_a_locked_public(only: list[str], place: str) -> None:
    state = asked_for(spec(user("u", {"types": ["USAGE"], "only": only})))
    assert all_rights(state, "u")[place] == "USAGE"
    assert not [objects for objects in state.objects if objects.kind is Kind.TYPE and PUBLIC in objects.acl]
    assert not [key for key, acl in state.defaults.items() if key.kind is Kind.TYPE and PUBLIC in acl]


def test_future_objects_give_a_locked_public_nothing_anywhere() -> None:
    state = asked_for(spec(schemas=[FOO]))
    locked_kinds = (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION)
    of_public = {key for key, acl in state.defaults.items() if PUBLIC in acl and not acl[PUBLIC]}
    assert of_public == {
        DefaultKey(creator, schema, kind)
        for creator in ("owner", "master")
        for schema, kinds in (("foo", locked_kinds), (None, (*locked_kinds, Kind.SCHEMA)))
        for kind in kinds
    }
