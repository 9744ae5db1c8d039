"""Which rights a plan takes and gives on whole objects, with the right to pass them on."""

import pytest

from db_access.plan.changes import Change, Grant, Revoke, Target
from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.planning.rights import (
    CONNECT,
    CREATE,
    EXECUTE,
    INSERT,
    SELECT,
    TABLE,
    TEMPORARY,
    UPDATE,
    USAGE,
    changes,
    grant,
    revoke,
    table,
    wanted,
)
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import acl, objects, with_objects, with_role

READER = wanted({"access": "read_only"})

ON_TABLES: list[tuple[str, dict[str, str], tuple[Change, ...]]] = [
    ("as it should be", {"u": "SELECT"}, ()),
    ("nothing there", {}, (grant(TABLE, "u", SELECT),)),
    ("too much", {"u": "INSERT SELECT UPDATE"}, (revoke(TABLE, "u", INSERT, UPDATE),)),
    ("something else", {"u": "INSERT"}, (revoke(TABLE, "u", INSERT), grant(TABLE, "u", SELECT))),
    ("another user's", {"u": "SELECT", "v": "SELECT"}, (revoke(TABLE, "v", SELECT),)),
    ("a locked PUBLIC's", {"u": "SELECT", "public": "SELECT"}, (revoke(TABLE, PUBLIC, SELECT),)),
]


@pytest.mark.parametrize(("held", "plan"), [case[1:] for case in ON_TABLES], ids=[case[0] for case in ON_TABLES])
def test_a_table_gets_what_it_lacks_and_loses_what_it_has_too_much(
    held: dict[str, str], plan: tuple[Change, ...]
) -> None:
    assert changes(READER, table(**held)) == plan


@pytest.mark.parametrize(
    ("kind", "name", "stray"),
    [(Kind.SEQUENCE, "s", USAGE), (Kind.FUNCTION, "f()", EXECUTE)],
)
@pytest.mark.parametrize("who", ["v", PUBLIC])
def test_sequences_and_functions_lose_what_the_spec_does_not_give(
    kind: Kind, name: str, stray: Privilege, who: str
) -> None:
    plan = changes(READER, objects(kind, name, acl={who: frozenset({stray})}))
    assert plan == (revoke(Target(kind, "foo", (name,)), who, stray),)


def test_a_type_keeps_publics_usage_and_loses_a_users() -> None:
    stray = objects(Kind.TYPE, "e", acl=acl(public="USAGE", u="USAGE"))
    assert changes(READER, stray) == (revoke(Target(Kind.TYPE, "foo", ("e",)), "u", USAGE),)


def test_schemas_and_the_database_lose_what_the_spec_does_not_give_schema_public_too() -> None:
    found = [
        objects(Kind.SCHEMA, "foo", acl=acl(u="USAGE CREATE", public="USAGE")),
        objects(Kind.SCHEMA, "public", schema="public", owner="pg_database_owner", acl=acl(public="USAGE")),
        objects(Kind.DATABASE, "app", schema=None, owner="master", acl=acl(u="CONNECT", public="CONNECT TEMPORARY")),
    ]
    assert changes(READER, *found) == (
        revoke(Target(Kind.DATABASE, None, ("app",)), PUBLIC, CONNECT, TEMPORARY),
        revoke(Target(Kind.SCHEMA, "foo", ("foo",)), PUBLIC, USAGE),
        revoke(Target(Kind.SCHEMA, "foo", ("foo",)), "u", CREATE),
        revoke(Target(Kind.SCHEMA, "public", ("public",)), PUBLIC, USAGE),
    )


def test_an_open_public_is_left_alone_everywhere() -> None:
    asked = wanted({"access": "read_only"}, public="open")
    found = [
        table(u="SELECT", public="INSERT"),
        objects(Kind.SCHEMA, "foo", acl=acl(u="USAGE", public="CREATE USAGE")),
        objects(Kind.SCHEMA, "public", schema="public", owner="pg_database_owner", acl=acl(public="CREATE")),
    ]
    assert changes(asked, *found) == ()


def test_what_our_roles_hold_in_undeclared_schemas_is_taken_back() -> None:
    stray = objects(Kind.TABLE, "x", schema="else", owner="owner", acl=acl(u="SELECT", public="SELECT"))
    assert changes(READER, stray) == (revoke(Target(Kind.TABLE, "else", ("x",)), "u", SELECT),)


def test_every_revoke_comes_before_every_grant() -> None:
    plan = changes(
        READER, table("a"), table("b", u="SELECT", v="SELECT"), objects(Kind.SEQUENCE, "s", acl=acl(v="USAGE"))
    )
    assert [type(change) for change in plan] == [Revoke, Revoke, Grant]


def test_objects_and_grantees_that_lack_the_same_share_one_statement() -> None:
    asked = asked_for(
        spec(
            *(user(name, {"access": "read_only"}, auth_method="none") for name in ("u", "v")),
            user("w", auth_method="none"),
        )
    )
    assert changes(asked, table("a", "b"), table("c", w="SELECT")) == (
        revoke(Target(Kind.TABLE, "foo", ("c",)), "w", SELECT),
        Grant(Target(Kind.TABLE, "foo", ("a", "b", "c")), (SELECT,), ("u", "v"), reason=""),
    )


def test_only_the_named_object_is_granted_on() -> None:
    asked = wanted({"access": "read_only", "only": ["foo.t"]}, {"tables": ["INSERT"]})
    assert changes(asked, table("t"), table("x")) == (
        grant(TABLE, "u", INSERT, SELECT),
        grant(Target(Kind.TABLE, "foo", ("x",)), "u", INSERT),
    )


OPTIONS: list[tuple[str, Acl, Acl, tuple[Change, ...]]] = [
    (
        "what is given",
        acl(u="SELECT"),
        acl(u="SELECT"),
        (revoke(TABLE, "u", SELECT, option_only=True, as_owner="owner"),),
    ),
    ("what goes anyway", acl(u="SELECT INSERT"), acl(u="INSERT"), (revoke(TABLE, "u", INSERT, as_owner="owner"),)),
    (
        "both",
        acl(u="SELECT INSERT"),
        acl(u="INSERT SELECT"),
        (revoke(TABLE, "u", INSERT, as_owner="owner"), revoke(TABLE, "u", SELECT, option_only=True, as_owner="owner")),
    ),
    (
        "a stranger's to the spec",
        acl(u="SELECT", v="INSERT"),
        acl(v="INSERT"),
        (revoke(TABLE, "v", INSERT, as_owner="owner"),),
    ),
]


@pytest.mark.parametrize(("held", "options", "plan"), [case[1:] for case in OPTIONS], ids=[case[0] for case in OPTIONS])
def test_the_right_to_pass_on_is_taken_and_what_the_spec_gives_stays(
    held: Acl, options: Acl, plan: tuple[Change, ...]
) -> None:
    assert changes(READER, objects(Kind.TABLE, "t", acl=held, options=options)) == plan


def test_a_role_that_holds_nothing_may_be_named_or_not() -> None:
    current = with_role(as_current(READER), "x", managed_by=None)
    named = objects(Kind.TABLE, "t", acl={"u": frozenset({SELECT}), "v": frozenset()})
    assert planned(READER, with_objects(current, named)) == ()
