"""Roles, memberships and what sessions start with, as PostgreSQL leaves them after each change."""

from dataclasses import replace
from typing import assert_never

from db_access.plan import changes
from db_access.postgresql.mark import comment, parse
from db_access.postgresql.state import Current, CurrentRole, Membership
from db_access.spec.model.predefined import ALLOWED
from tests.unit.db_access.postgresql.specs import MASTER


class Cluster:
    def __init__(self, current: Current) -> None:
        self.options = current.membership_options
        self.roles = dict(current.roles)
        self.members = {(m.role, m.member): m for m in current.memberships}
        self.lent: set[str] = set()

    def carry_out(self, change: changes.RoleChange) -> None:  # noqa: C901 - a case for each kind
        match change:
            case changes.CreateDatabase():
                raise AssertionError("is in no plan of one database")
            case changes.CreateRole(role):
                assert role.name not in self.roles
                self.roles[role.name] = CurrentRole(role.name)
                self._attributes(change)
                if self.options:  # who makes a role administers it (CREATE ROLE, Notes)
                    self.members[role.name, MASTER] = Membership(role.name, MASTER, False, True, False)
            case changes.AlterRole():
                self._attributes(change)
            case changes.DescribeRole(role):
                self._alter(role.name, **vars(parse(comment(role))))
            case changes.ActAs(name, _, acts_as):
                assert acts_as is None or acts_as in self.roles
                self._alter(name, acts_as=acts_as)
            case changes.Configure(name, setting, values, database):
                where = "settings" if database is None else "settings_here"
                kept = {entry for entry in getattr(self.roles[name], where) if entry[0] != setting}
                self._alter(name, **{where: frozenset(kept if values is None else {*kept, (setting, values)})})
            case changes.SetPassword(name) | changes.ClearPassword(name):
                assert name in self.roles  # the password itself is in no catalog
            case changes.EndLogin(name):
                self._alter(name, login=False)
            case changes.DropRole(name):
                del self.roles[name]
                self.members = {key: m for key, m in self.members.items() if name not in key}
            case changes.GrantRole():
                self._grant(change)
            case changes.RevokeRole(name, member, admin_only):
                there = self.members.pop((name, member))
                if admin_only:
                    self.members[name, member] = replace(there, admin=False)
            case changes.LendRole(name):
                self.lent.add(name)
                self._grant(changes.GrantRole(name, MASTER, reason=""))
            case changes.ReturnRole(name):  # what was there before the loan goes with it; what its maker has stays
                self.lent.remove(name)
                there = self.members.pop((name, MASTER))
                if self.options and there.admin:
                    self.members[name, MASTER] = replace(there, inherit=False, set=False)
            case _:
                assert_never(change)

    def acts_for(self, owner: str) -> bool:
        """Whether the master can do what is the owner's to do. To administer a role is not enough."""
        member = self.members.get((owner, MASTER))
        through = member is not None and (member.inherit is not False or member.set is not False)
        return owner in (MASTER, "pg_database_owner") or through

    def _grant(self, change: changes.GrantRole) -> None:
        """What the statement doesn't say stays; a new membership inherits as the member's attribute says."""
        key = (change.role, change.member)
        assert change.role in {"rds_iam", *ALLOWED} or change.role in self.roles
        there = None if change.new else self.members[key]
        by_itself = change.member == MASTER or self.roles[change.member].inherit
        inherit, set_ = (by_itself, True) if there is None else (there.inherit, there.set)
        admin = change.admin or (key in self.members and self.members[key].admin)
        if self.options:
            inherit = inherit if change.inherit is None else change.inherit
            set_ = set_ if change.set is None else change.set
        else:
            assert change.inherit is None and change.set is None, "a membership has no options before PostgreSQL 16"
            inherit = set_ = None
        self.members[key] = Membership(*key, inherit, admin, set_)

    def _attributes(self, change: changes.CreateRole | changes.AlterRole) -> None:
        """An end of the password that the statement doesn't name stays."""
        role, there = change.role, self.roles[change.role.name]
        never_expires, strip = (
            (change.never_expires, change.strip) if isinstance(change, changes.AlterRole) else (False, ())
        )
        self._alter(
            role.name,
            login=role.login,
            inherit=role.inherit,
            connection_limit=role.connection_limit,
            valid_until=None if never_expires else role.valid_until or there.valid_until,
            elevated=there.elevated - {*strip},
        )

    def _alter(self, name: str, **about: object) -> None:
        self.roles[name] = replace(self.roles[name], **about)  # type: ignore[arg-type]
