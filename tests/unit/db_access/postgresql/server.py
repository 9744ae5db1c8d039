"""What PostgreSQL makes of a plan, change by change, by its documentation and not by what the planner thinks.

Refuses what PostgreSQL would refuse the master: unknown roles, objects of owners for whom it can't act, dropping a role
that is still named somewhere.
"""

from dataclasses import replace
from typing import assert_never

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    DropRole,
    Grant,
    GrantDefault,
    GrantRole,
    LendRole,
    OwnObject,
    OwnSchema,
    Plan,
    ReturnRole,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
)
from db_access.plan.privileges import PUBLIC, Acl, DefaultKey, Kind, Privileges
from db_access.postgresql.mark import comment, parse
from db_access.postgresql.state import Current, CurrentRole, Membership
from tests.unit.db_access.postgresql.specs import MASTER
from tests.unit.db_access.postgresql.states import Held, Place, flat, grouped, privileges


def carried_out(plan: Plan, current: Current) -> Current:
    server = _Server(current)
    for change in plan:
        server.carry_out(change)
    assert not server.lent, "whatever was lent is returned"
    return server.now()


class _Server:
    def __init__(self, current: Current) -> None:
        self.before, self.roles, self.schemas = current, dict(current.roles), dict(current.schemas)
        self.members = {(m.role, m.member): m for m in current.memberships}
        self.held, self.lent = flat(current.objects), set[str]()
        self.future = {key: Held(key.creator, there) for key, there in current.defaults.items()}
        for key, options in current.default_options.items():
            self.future[key] = replace(self.future[key], options=options)

    def now(self) -> Current:
        return replace(
            self.before,
            roles=self.roles,
            schemas=self.schemas,
            memberships=frozenset(self.members.values()),
            objects=grouped(self.held),
            defaults={key: held.acl for key, held in self.future.items()},
            default_options={key: held.options for key, held in self.future.items() if held.options},
        )

    def carry_out(self, change: Change) -> None:  # noqa: C901 - a case for each kind
        match change:
            case CreateDatabase():
                raise AssertionError("is in no plan")
            case CreateRole(role):
                assert role.name not in self.roles
                self.roles[role.name] = CurrentRole(role.name)
                self._alter(role.name, **_attributes(change))
                if self.before.membership_options:  # who makes a role administers it (CREATE ROLE, Notes)
                    self.members[role.name, MASTER] = Membership(role.name, MASTER, False, True, False)
            case AlterRole(role):
                elevated = self.roles[role.name].elevated - set(change.strip)
                self._alter(role.name, elevated=elevated, **_attributes(change))
            case DescribeRole(role):
                self._alter(role.name, **vars(parse(comment(role))))
            case ActAs(name, _, acts_as):
                assert acts_as is None or acts_as in self.roles
                self._alter(name, acts_as=acts_as)
            case Configure(name, setting, values, database):
                where = "settings" if database is None else "settings_here"
                kept = {entry for entry in getattr(self.roles[name], where) if entry[0] != setting}
                self._alter(name, **{where: frozenset(kept | ({(setting, values)} if values is not None else set()))})
            case SetPassword(name) | ClearPassword(name):
                self._alter(name)  # the password itself is in no catalog
            case DropRole(name):
                assert not any(name == held.owner or held.acl.get(name) for held in self._all()), f"{name} is in use"
                del self.roles[name]
                self.members = {key: m for key, m in self.members.items() if name not in key}
            case GrantRole():
                self._grant_role(change)
            case RevokeRole(name, member, admin_only):
                there = self.members.pop((name, member))
                if admin_only:
                    self.members[name, member] = replace(there, admin=False)
            case LendRole(name):
                assert not self._acts_for(name)
                self.lent.add(name)
            case ReturnRole(name):
                self.lent.remove(name)
            case CreateSchema(name, owner):
                assert name not in self.schemas and self._acts_for(owner)
                self.schemas[name] = owner
                self.held[Kind.SCHEMA, name, name, None] = Held(owner)
            case OwnSchema(name, owner):
                self.schemas[name] = owner
                self._own((Kind.SCHEMA, name, name, None), owner)
            case OwnObject(kind, schema, name, owner):
                for place in [place for place in self.held if place[:3] == (kind, schema, name)]:
                    self._own(place, owner)
            case Grant():
                for place in self._places(change):
                    self.held[place] = self._given(self.held[place], change)
            case Revoke(target):
                for place in self._places(change):
                    self.held[place] = self._taken(self.held[place], change)
                    if target.kind is Kind.TABLE and not target.columns:  # its columns' too (REVOKE, Description)
                        for column in [other for other in self.held if other[:3] == place[:3]]:
                            self.held[column] = self._taken(self.held[column], change)
            case GrantDefault(key):
                self.future[key] = self._given(self._recorded(key), change)
            case RevokeDefault(key):
                self.future[key] = self._taken(self._recorded(key), change)
            case _:
                assert_never(change)

    def _alter(self, name: str, **about: object) -> None:
        self.roles[name] = replace(self.roles[name], **about)  # type: ignore[arg-type]

    def _grant_role(self, change: GrantRole) -> None:
        """What the statement doesn't say stays; a new membership inherits as the member's attribute says."""
        key = (change.role, change.member)
        assert change.role == "rds_iam" or change.role in self.roles
        new = Membership(*key, change.member == MASTER or self.roles[change.member].inherit, set=True)
        there = new if change.new else self.members[key]
        if self.before.membership_options:
            inherit = there.inherit if change.inherit is None else change.inherit
            there = replace(there, inherit=inherit, set=there.set if change.set is None else change.set)
        else:
            assert change.inherit is None and change.set is None, "no options before PostgreSQL 16"
            there = replace(there, inherit=None, set=None)
        admin = change.admin or (key in self.members and self.members[key].admin)
        self.members[key] = replace(there, admin=admin)

    def _acts_for(self, owner: str) -> bool:
        member = self.members.get((owner, MASTER))
        through = member is not None and (member.inherit is not False or member.set is not False)
        return owner in (MASTER, "pg_database_owner") or owner in self.lent or through

    def _own(self, place: Place, owner: str) -> None:
        held = self.held[place]
        assert self._acts_for(held.owner) and self._acts_for(owner), f"{held.owner} to {owner}"
        self.held[place] = Held(owner, _without(held.acl, owner), _without(held.options, owner))

    def _places(self, change: Grant | Revoke) -> list[Place]:
        target = change.target
        return [
            (target.kind, target.schema, name, column) for name in target.names for column in target.columns or [None]
        ]

    def _recorded(self, key: DefaultKey) -> Held:
        """Without a record new functions are for PUBLIC."""
        functions = key.schema is None and key.kind is Kind.FUNCTION
        return self.future.get(key, Held(key.creator, {PUBLIC: privileges("EXECUTE")} if functions else {}))

    def _given(self, held: Held, change: Grant | GrantDefault) -> Held:
        assert self._acts_for(held.owner), f"nobody can grant for {held.owner}"
        assert self.roles.keys() | {PUBLIC} >= set(change.grantees)
        new = {who: held.acl.get(who, frozenset()) | set(change.privileges) for who in change.grantees}
        return replace(held, acl={**held.acl, **new})

    def _taken(self, held: Held, change: Revoke | RevokeDefault) -> Held:
        assert self._acts_for(held.owner), f"nobody can revoke for {held.owner}"
        acl = held.acl if change.option_only else _less(held.acl, change)
        return replace(held, acl=acl, options=_less(held.options, change))

    def _all(self) -> list[Held]:
        return [*self.held.values(), *self.future.values()]


def _attributes(change: CreateRole | AlterRole) -> dict[str, object]:
    """As CREATE ROLE and ALTER ROLE take them: an end that isn't named stays."""
    role = change.role
    until: dict[str, object] = {} if role.valid_until is None else {"valid_until": role.valid_until}
    if isinstance(change, AlterRole) and change.never_expires:
        until = {"valid_until": None}
    return {"login": role.login, "inherit": role.inherit, "connection_limit": role.connection_limit, **until}


def _less(held: Acl, change: Revoke | RevokeDefault) -> dict[str, Privileges]:
    return {
        who: left
        for who, names in held.items()
        if (left := names - set(change.privileges) if who in change.grantees else names)
    }


def _without(held: Acl, owner: str) -> Acl:
    return {who: names for who, names in held.items() if who != owner}
