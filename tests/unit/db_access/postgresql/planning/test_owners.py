"""Which schemas and objects change hands: what a role of ours made goes to the schema's owner, all else stays."""

from dataclasses import replace

import pytest

from db_access.plan.changes import (
    CreateSchema,
    Grant,
    LendRole,
    OwnObject,
    OwnSchema,
    ReturnRole,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.plan.privileges import DefaultKey, Kind, Privilege
from db_access.postgresql.state import Current
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned, refused
from tests.unit.db_access.postgresql.server.run import carried_out
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import acl, flat, objects, with_objects, with_role

SCHEMAS = [{"name": "foo", "owner": "owner", "creators": ["builder"]}, {"name": "bar", "owner": "other"}]
WANTED = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none"), schemas=SCHEMAS))
CURRENT = as_current(WANTED)
LEND, RETURN = LendRole("u", "master", reason=""), ReturnRole("u", "master", reason="")
READ = acl(u="SELECT")


@pytest.mark.parametrize(("kind", "name"), [(Kind.SEQUENCE, "s"), (Kind.FUNCTION, "f()"), (Kind.TYPE, "e")])
def test_what_a_user_made_goes_to_the_schemas_owner_who_is_lent_to_the_master_for_it(kind: Kind, name: str) -> None:
    public = acl(public="USAGE") if kind is Kind.TYPE else {}
    stray = objects(kind, name, owner="u", acl=public)
    assert planned(WANTED, with_objects(CURRENT, stray)) == (
        LEND,
        OwnObject(kind, "foo", name, "owner", reason=""),
        RETURN,
    )


def test_after_a_table_has_moved_its_former_owner_is_granted_what_the_spec_gives() -> None:
    """As the owner it held everything, and nothing by a grant."""
    stray = [objects(Kind.TABLE, "t", owner="u"), objects(Kind.TABLE, "t", owner="u", columns=("id",))]
    assert planned(WANTED, with_objects(CURRENT, *stray)) == (
        LEND,
        OwnObject(Kind.TABLE, "foo", "t", "owner", reason=""),
        Grant(Target(Kind.TABLE, "foo", ("t",)), (Privilege.SELECT,), ("u",), reason=""),
        RETURN,
    )


def test_tables_move_before_their_sequences_and_everything_after_the_schema() -> None:
    strays = [objects(Kind.SEQUENCE, "s", owner="u"), objects(Kind.TABLE, "t", owner="u", acl=READ)]
    current = replace(with_objects(CURRENT, *strays), schemas={**CURRENT.schemas, "foo": "master"})
    assert planned(WANTED, current)[:5] == (
        LEND,
        OwnSchema("foo", "owner", reason=""),
        OwnObject(Kind.TABLE, "foo", "t", "owner", reason=""),
        OwnObject(Kind.SEQUENCE, "foo", "s", "owner", reason=""),
        RETURN,
    )


@pytest.mark.parametrize("maker", ["owner", "builder", "master"])
def test_what_a_maker_of_the_schema_made_stays_its_own(maker: str) -> None:
    assert planned(WANTED, with_objects(CURRENT, objects(Kind.TABLE, "t", owner=maker, acl=READ))) == ()


def test_an_owner_of_another_schema_is_no_maker_here_and_needs_no_lending() -> None:
    """The master is a member of every owner for good."""
    plan = planned(WANTED, with_objects(CURRENT, objects(Kind.TABLE, "t", owner="other", acl=READ)))
    assert plan == (OwnObject(Kind.TABLE, "foo", "t", "owner", reason=""),)


def test_what_a_retired_role_made_goes_to_the_schemas_owner_too() -> None:
    current = with_objects(with_role(CURRENT, "gone"), objects(Kind.TABLE, "t", owner="gone", acl=READ))
    assert planned(WANTED, current) == (
        LendRole("gone", "master", reason=""),
        OwnObject(Kind.TABLE, "foo", "t", "owner", reason=""),
        ReturnRole("gone", "master", reason=""),
    )


def test_what_strangers_own_stays_theirs_where_there_is_nothing_to_grant() -> None:
    asked = asked_for(spec(schemas=SCHEMAS))
    current = with_role(as_current(asked), "theirs", managed_by="another")
    for stranger in ("stranger", "theirs"):
        assert planned(asked, with_objects(current, objects(Kind.TABLE, "t", owner=stranger))) == ()


def test_what_somebody_owns_in_a_schema_that_is_not_declared_stays() -> None:
    stray = objects(Kind.TABLE, "t", schema="elsewhere", owner="u")
    assert planned(WANTED, with_objects(CURRENT, stray)) == ()


def test_a_missing_schema_is_made_for_its_owner_before_anything_is_granted_in_it() -> None:
    def without_foo(current: Current) -> Current:
        kept = tuple(each for each in current.objects if each.schema != "foo")
        return replace(current, objects=kept, schemas={"bar": "other"})

    assert planned(WANTED, without_foo(CURRENT)) == (
        CreateSchema("foo", "owner", reason=""),
        Grant(Target(Kind.SCHEMA, "foo", ("foo",)), (Privilege.USAGE,), ("u",), reason=""),
    )


@pytest.mark.parametrize("before", ["other", "master", "pg_database_owner"])
def test_a_schema_of_ours_or_the_masters_goes_to_its_owner(before: str) -> None:
    current = replace(CURRENT, schemas={**CURRENT.schemas, "foo": before})
    assert planned(WANTED, current) == (OwnSchema("foo", "owner", reason=""),)


def test_a_schema_that_a_user_owns_is_taken_over_by_lending_the_user() -> None:
    current = replace(CURRENT, schemas={**CURRENT.schemas, "foo": "u"})
    assert planned(WANTED, current) == (LEND, OwnSchema("foo", "owner", reason=""), RETURN)


def test_a_schema_of_a_stranger_is_refused() -> None:
    (problem,) = refused(WANTED, replace(CURRENT, schemas={**CURRENT.schemas, "foo": "stranger"}))
    assert problem.startswith("schema 'foo' belongs to 'stranger', who is not ours; allowed: another name, or ")


def test_rights_in_a_moved_schema_are_put_right_as_everywhere() -> None:
    stray = objects(Kind.TABLE, "t", owner="u", acl=acl(public="INSERT"))
    plan = planned(WANTED, with_objects(CURRENT, stray))
    table = Target(Kind.TABLE, "foo", ("t",))
    assert plan[2:] == (
        Revoke(table, (Privilege.INSERT,), ("",), reason=""),
        Grant(table, (Privilege.SELECT,), ("u",), reason=""),
        RETURN,
    )


def test_a_former_maker_is_lent_to_the_master_for_the_end_of_its_default_privileges() -> None:
    """As an owner or creator it had the master for a member, which it is no reason to have any more."""
    key = DefaultKey("gone", "foo", Kind.TABLE)
    current = with_role(CURRENT, "gone")
    assert planned(WANTED, replace(current, defaults={**current.defaults, key: READ})) == (
        LendRole("gone", "master", reason=""),
        RevokeDefault(key, (Privilege.SELECT,), ("u",), reason=""),
        ReturnRole("gone", "master", reason=""),
    )


def test_a_schema_may_change_its_owner_from_one_of_the_spec_to_another() -> None:
    schemas = [{"name": "foo", "owner": "other"}, {"name": "bar", "owner": "other"}]
    asked = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none"), schemas=schemas))
    after = carried_out(planned(asked, CURRENT), CURRENT)
    assert after.schemas == {"foo": "other", "bar": "other"}
    assert {held.owner for place, held in flat(after.objects).items() if place[1] == "foo"} == {"other"}
    assert not after.roles["owner"].login and planned(asked, after) == ()


def test_what_is_granted_on_a_former_owners_objects_can_be_taken_back_by_any_later_run() -> None:
    asked = asked_for(spec(user("u", auth_method="none"), schemas=SCHEMAS[:1]))
    both = asked_for(spec(user("u", {"access": "read_only", "schemas": ["bar"]}, auth_method="none"), schemas=SCHEMAS))
    left = carried_out(planned(asked, as_current(both)), as_current(both))
    by_hand = with_objects(left, objects(Kind.TABLE, "t", schema="bar", owner="other", acl=READ))
    assert planned(asked, carried_out(planned(asked, by_hand), by_hand)) == ()
