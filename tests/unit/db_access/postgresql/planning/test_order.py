"""The order of a plan's changes, where everything is to be done at once."""

from dataclasses import replace

from db_access.plan.changes import (
    AlterRole,
    CreateRole,
    DescribeRole,
    Grant,
    GrantDefault,
    LendRole,
    OwnObject,
    Plan,
    ReturnRole,
    Revoke,
    RevokeDefault,
)
from db_access.plan.privileges import Kind
from db_access.postgresql.state import Current, Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import kinds, planned
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import acl, objects, with_memberships, with_objects, with_role

WANTED = asked_for(
    spec(
        user("new", {"access": "owner", "schemas": ["bar"]}, auth_method="password", settings={"work_mem": "4MB"}),
        user("u", {"access": "read_only"}, auth_method="none", groups=["g"]),
        groups=[group("g")],
        retired=[{"username": "leaver", "drop": True}],
    ),
    new="1",
)


def everything_to_do() -> Current:
    """As the spec says, but for `new` and schema `bar`, which are missing, and a bit of drift of each kind."""
    current = as_current(WANTED)
    current = replace(
        current,
        roles={name: role for name, role in current.roles.items() if name != "new"},
        memberships=frozenset(m for m in current.memberships if "new" not in (m.role, m.member)),
        objects=tuple(each for each in current.objects if each.schema != "bar"),
        schemas={"foo": "u"},
        defaults={key: held for key, held in current.defaults.items() if key.schema is not None},
    )
    current = with_role(with_role(current, "leaver", login=True, elevated=frozenset({"CREATEDB"})), "u", login=True)
    current = with_memberships(current, Membership("g", "leaver"), Membership("g", "u", set=False))
    return with_objects(
        current,
        objects(Kind.TABLE, "t", owner="leaver"),
        objects(Kind.SEQUENCE, "s", acl=acl(leaver="USAGE")),
    )


def plan() -> Plan:
    return planned(WANTED, everything_to_do())


def test_kinds_of_change_come_in_their_order() -> None:
    order = kinds(plan())
    # Per role: create or alter, in the roles' order. Defaults take and give key by key.
    assert order[0] == "EndLogin" and "EndLogin" not in order[1:]
    order = order[1:]
    altered = [name for name in order if name not in ("CreateRole", "AlterRole", "RevokeDefault", "GrantDefault")]
    assert altered == [
        "DescribeRole",
        "SetPassword",
        "LendRole",
        "RevokeRole",
        "GrantRole",
        "ActAs",
        "Configure",
        "CreateSchema",
        "OwnSchema",
        "OwnObject",
        "Revoke",
        "Grant",
        "ReturnRole",
        "DropRole",
    ]
    assert set(order[: order.index("DescribeRole")]) == {"AlterRole", "CreateRole"}
    assert {"RevokeDefault", "GrantDefault"} >= set(order[order.index("Grant") + 1 : -2]) > set()


def test_every_role_is_made_and_altered_before_the_first_comment() -> None:
    changes = plan()
    last = max(n for n, change in enumerate(changes) if isinstance(change, CreateRole | AlterRole))
    assert last < min(n for n, change in enumerate(changes) if isinstance(change, DescribeRole))


def test_a_role_is_lent_before_anything_of_its_is_taken_over_and_returned_after() -> None:
    changes = plan()
    lent = [n for n, change in enumerate(changes) if isinstance(change, LendRole)]
    owned = [n for n, change in enumerate(changes) if isinstance(change, OwnObject)]
    returned = [n for n, change in enumerate(changes) if isinstance(change, ReturnRole)]
    rights = [
        n for n, change in enumerate(changes) if isinstance(change, Revoke | Grant | RevokeDefault | GrantDefault)
    ]
    assert len(lent) == len(returned) == 2
    assert max(lent) < min(owned) <= max(owned) < min(rights) <= max(rights) < min(returned)


def test_the_same_states_give_the_same_plan_in_whatever_order_they_come() -> None:
    current = everything_to_do()
    turned = replace(
        current, roles=dict(reversed([*current.roles.items()])), schemas=dict(reversed([*current.schemas.items()]))
    )
    assert planned(WANTED, turned) == plan()
