"""The removal of one database's access: nothing of ours is left in it, and other databases notice nothing."""

from dataclasses import replace

from db_access.plan.changes import ActAs, Revoke, RevokeDefault, Target
from db_access.plan.privileges import DefaultKey, Kind, Privilege
from db_access.postgresql.desired import NOTHING
from db_access.postgresql.planning import OutOfReach
from db_access.postgresql.state import ForeignGrant
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import left, planned
from tests.unit.db_access.postgresql.server.run import carried_out
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import acl, flat, objects, privileges, with_role

ALL = asked_for(
    spec(user("u", {"access": "read_only"}), user("v", {"access": "owner"}, auth_method="password"), public="open")
)


def test_removing_takes_the_rights_and_logins_of_all_and_keeps_schemas_and_owners() -> None:
    current = as_current(ALL)
    after = carried_out(planned(NOTHING, current, removing=True), current)
    assert {who for held in flat(after.objects).values() for who in held.acl} <= {""}
    assert not any(role.login or role.acts_as for role in after.roles.values())
    assert {(m.role, m.member) for m in after.memberships if m.member != "master"} == set()
    assert after.schemas == current.schemas
    assert after.roles.keys() == current.roles.keys()
    assert planned(NOTHING, after, removing=True) == ()


def test_removing_leaves_a_role_of_another_database_its_login_memberships_settings_and_password() -> None:
    about = {"used_elsewhere": True, "settings": frozenset({("work_mem", ("4MB",))}), "password_version": "1"}
    current = with_role(with_role(as_current(ALL), "u", **about), "v", **about)
    plan = planned(NOTHING, current, removing=True)
    assert plan == (
        ActAs("v", "app", None, reason=""),
        Revoke(Target(Kind.DATABASE, None, ("app",)), (Privilege.CONNECT,), ("u", "v"), reason=""),
        Revoke(Target(Kind.SCHEMA, "foo", ("foo",)), (Privilege.USAGE,), ("u",), reason=""),
        Revoke(Target(Kind.TABLE, "foo", ("t",)), (Privilege.SELECT,), ("u",), reason=""),
        *(
            RevokeDefault(DefaultKey(maker, "foo", Kind.TABLE), (Privilege.SELECT,), ("u",), reason="")
            for maker in ("master", "owner")
        ),
    )


def test_removing_takes_what_was_passed_on_and_leaves_what_is_others() -> None:
    given_on = ForeignGrant("u", "stranger", privileges("SELECT"))
    passed = objects(Kind.TABLE, "t", acl=acl(u="SELECT"), options=acl(u="SELECT"), foreign=(given_on,))
    theirs = objects(Kind.TABLE, "x", owner="stranger", acl=acl(u="SELECT"))
    current = replace(as_current(ALL), objects=(passed, theirs))
    revoke = Revoke(
        Target(Kind.TABLE, "foo", ("t",)), (Privilege.SELECT,), ("u",), cascade=True, as_owner="owner", reason=""
    )
    assert revoke in planned(NOTHING, current, removing=True)
    out_of_reach = Revoke(Target(Kind.TABLE, "foo", ("x",)), (Privilege.SELECT,), ("u",), reason="")
    assert left(NOTHING, current, removing=True) == (OutOfReach(out_of_reach, "stranger"),)
