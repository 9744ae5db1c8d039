"""Which rights a plan takes and gives, on objects, columns and what is to come."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.changes import Change, Grant, GrantDefault, Revoke, RevokeDefault, Target
from db_access.plan.privileges import PUBLIC, Acl, DefaultKey, Kind, Privilege
from db_access.postgresql.state import CurrentObjects, Desired
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import acl, as_current, objects, with_objects, with_role

SELECT, INSERT, UPDATE, USAGE = Privilege.SELECT, Privilege.INSERT, Privilege.UPDATE, Privilege.USAGE
EXECUTE, CREATE, CONNECT, TEMPORARY = Privilege.EXECUTE, Privilege.CREATE, Privilege.CONNECT, Privilege.TEMPORARY
TABLE, ID = Target(Kind.TABLE, "foo", ("t",)), Target(Kind.TABLE, "foo", ("t",), ("id",))


def wanted(*grants: dict[str, Any], **database: Any) -> Desired:
    return asked_for(spec(user("u", *grants, auth_method="none"), user("v", auth_method="none"), **database))


READER = wanted({"access": "read_only"})
KEYED = wanted({"tables": ["INSERT"], "key_columns": ["id"]})


def changes(asked: Desired, *found: CurrentObjects) -> tuple[Change, ...]:
    """What is planned where these objects are as given, and all else as the spec says."""
    return planned(asked, with_objects(as_current(asked), *found))


def table(*names: str, column: str | None = None, **held: str) -> CurrentObjects:
    return objects(Kind.TABLE, *(names or ("t",)), columns=() if column is None else (column,), acl=acl(**held))


def revoke(target: Target, grantee: str, *beyond: Privilege, option_only: bool = False) -> Revoke:
    return Revoke(target, beyond, (grantee,), option_only, reason="")


def grant(target: Target, grantee: str, *missing: Privilege) -> Grant:
    return Grant(target, missing, (grantee,), reason="")


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
    stray = objects(Kind.TABLE, "x", schema="else", owner="postgres", acl=acl(u="SELECT", public="SELECT"))
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


ON_COLUMNS: list[tuple[str, tuple[CurrentObjects, ...], tuple[Change, ...]]] = [
    ("as it should be", (table(u="INSERT"), table(column="id", u="SELECT")), ()),
    ("missing", (table(column="id"),), (grant(ID, "u", SELECT),)),
    ("too much", (table(column="id", u="SELECT UPDATE"),), (revoke(ID, "u", UPDATE),)),
    (
        "a column that is no key",
        (table(column="other", u="SELECT"),),
        (revoke(Target(Kind.TABLE, "foo", ("t",), ("other",)), "u", SELECT),),
    ),
    ("a locked PUBLIC's", (table(column="id", u="SELECT", public="SELECT"),), (revoke(ID, PUBLIC, SELECT),)),
    (
        "a REVOKE on the table takes the key along, which is given again",
        (table(u="INSERT SELECT"),),
        (revoke(TABLE, "u", SELECT), grant(ID, "u", SELECT)),
    ),
    (
        "so it does with rights on a table of several",
        (table("a", "t", u="INSERT"), table("t", u="INSERT SELECT"), table("a", "t", column="id", u="SELECT")),
        (revoke(TABLE, "u", SELECT), grant(ID, "u", SELECT)),
    ),
    (
        "another user's REVOKE takes no key of this one along",
        (table(u="INSERT", v="SELECT"),),
        (revoke(TABLE, "v", SELECT),),
    ),
]


@pytest.mark.parametrize(("found", "plan"), [case[1:] for case in ON_COLUMNS], ids=[case[0] for case in ON_COLUMNS])
def test_columns_get_what_they_lack_and_lose_what_they_have_too_much(
    found: tuple[CurrentObjects, ...], plan: tuple[Change, ...]
) -> None:
    assert changes(KEYED, *found) == plan


@pytest.mark.xfail(strict=True, reason="REVOKE on the table is taken to have taken everything on its columns along")
@pytest.mark.parametrize("who", ["u", "public"])
def test_a_column_loses_what_no_revoke_on_its_table_takes_along(who: str) -> None:
    on_table, on_column = {"u": "INSERT"}, {"u": "SELECT"}
    for held, stray in ((on_table, "SELECT"), (on_column, "UPDATE")):
        held[who] = f"{held.get(who, '')} {stray}"
    plan = changes(KEYED, table(**on_table), table(column="id", **on_column))
    assert revoke(ID, PUBLIC if who == "public" else who, UPDATE) in plan


OPTIONS: list[tuple[str, Acl, Acl, tuple[Change, ...]]] = [
    ("what is given", acl(u="SELECT"), acl(u="SELECT"), (revoke(TABLE, "u", SELECT, option_only=True),)),
    ("what goes anyway", acl(u="SELECT INSERT"), acl(u="INSERT"), (revoke(TABLE, "u", INSERT),)),
    (
        "both",
        acl(u="SELECT INSERT"),
        acl(u="INSERT SELECT"),
        (revoke(TABLE, "u", INSERT), revoke(TABLE, "u", SELECT, option_only=True)),
    ),
    ("a stranger's to the spec", acl(u="SELECT", v="INSERT"), acl(v="INSERT"), (revoke(TABLE, "v", INSERT),)),
]


@pytest.mark.parametrize(("held", "options", "plan"), [case[1:] for case in OPTIONS], ids=[case[0] for case in OPTIONS])
def test_the_right_to_pass_on_is_taken_and_what_the_spec_gives_stays(
    held: Acl, options: Acl, plan: tuple[Change, ...]
) -> None:
    assert changes(READER, objects(Kind.TABLE, "t", acl=held, options=options)) == plan


TABLES, FUNCTIONS = DefaultKey("owner", "foo", Kind.TABLE), DefaultKey("owner", None, Kind.FUNCTION)
DEFAULTS: list[tuple[str, DefaultKey, Acl | None, Acl, tuple[Change, ...]]] = [
    ("missing", TABLES, None, {}, (GrantDefault(TABLES, (SELECT,), ("u",), reason=""),)),
    ("too much", TABLES, acl(u="SELECT INSERT"), {}, (RevokeDefault(TABLES, (INSERT,), ("u",), reason=""),)),
    (
        "another's and none",
        TABLES,
        acl(v="SELECT"),
        {},
        (
            RevokeDefault(TABLES, (SELECT,), ("v",), reason=""),
            GrantDefault(TABLES, (SELECT,), ("u",), reason=""),
        ),
    ),
    ("PUBLIC's", TABLES, acl(u="SELECT", public="SELECT"), {}, (RevokeDefault(TABLES, (SELECT,), ("",), reason=""),)),
    (
        "to be passed on",
        TABLES,
        acl(u="SELECT"),
        acl(u="SELECT"),
        (RevokeDefault(TABLES, (SELECT,), ("u",), option_only=True, reason=""),),
    ),
    (
        "PUBLIC's EXECUTE, recorded nowhere",
        FUNCTIONS,
        None,
        {},
        (RevokeDefault(FUNCTIONS, (EXECUTE,), ("",), reason=""),),
    ),
    ("taken from PUBLIC already", FUNCTIONS, {}, {}, ()),
    (
        "in a schema that is not declared",
        DefaultKey("owner", "else", Kind.TABLE),
        acl(u="SELECT"),
        {},
        (RevokeDefault(DefaultKey("owner", "else", Kind.TABLE), (SELECT,), ("u",), reason=""),),
    ),
    (
        "of somebody who makes nothing here",
        DefaultKey("stranger", "foo", Kind.TABLE),
        acl(u="SELECT", public="SELECT"),
        {},
        (RevokeDefault(DefaultKey("stranger", "foo", Kind.TABLE), (SELECT,), ("u",), reason=""),),
    ),
]


@pytest.mark.parametrize(
    ("key", "held", "options", "plan"), [case[1:] for case in DEFAULTS], ids=[case[0] for case in DEFAULTS]
)
def test_future_objects_give_what_the_spec_says(
    key: DefaultKey, held: Acl | None, options: Acl, plan: tuple[Change, ...]
) -> None:
    current = as_current(READER)
    others = {each: there for each, there in current.defaults.items() if each != key}
    drifted = replace(
        current,
        defaults=others if held is None else {**others, key: held},
        default_options={key: options} if options else {},
    )
    assert planned(READER, drifted) == plan


def test_an_open_public_keeps_the_execute_that_is_recorded_nowhere() -> None:
    asked = wanted({"access": "read_only"}, public="open")
    assert FUNCTIONS not in as_current(asked).defaults
    assert planned(asked, as_current(asked)) == ()


def test_a_role_that_holds_nothing_may_be_named_or_not() -> None:
    current = with_role(as_current(READER), "x", managed_by=None)
    named = objects(Kind.TABLE, "t", acl={"u": frozenset({SELECT}), "v": frozenset()})
    assert planned(READER, with_objects(current, named)) == ()
