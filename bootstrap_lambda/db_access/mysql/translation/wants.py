"""What a spec gives, in MySQL's privileges and by the names that stand in it: nothing here has seen a server. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from db_access.mysql.state import Level, On, Privilege, Rights, union
from db_access.mysql.translation.presets import PRESETS
from db_access.spec import Access, AccessSpec, Grant, Grantee, User
from db_access.spec.model.names import split_object


class Key(NamedTuple):
    """SELECT on the column, in every table of the schema that has it, or in the one table."""

    schema: str
    table: str | None
    column: str


@dataclass(frozen=True)
class Wants:
    rights: Rights = field(default_factory=dict)
    """On the level of schemas under the schema's own name."""
    keys: frozenset[Key] = frozenset()

    @classmethod
    def of(cls, several: Iterable["Wants"]) -> "Wants":
        found = list(several)
        return cls(union(each.rights for each in found), frozenset().union(*(each.keys for each in found)))

    def __bool__(self) -> bool:
        return bool(self.rights or self.keys)


def of_group(spec: AccessSpec, name: str) -> Wants:
    """With what it has from the groups that it is in."""
    return Wants.of(_of_grant(grant) for holder in _with_groups(spec, [name]) for grant in holder.grants)


def of_user(spec: AccessSpec, user: User) -> Wants:
    """All of it: its own, its groups', and of whom it acts as the owner, what that one has elsewhere. Who is disabled
    has nothing: its events and definer views would go on, and a login that had begun before."""
    if not user.enabled:
        return Wants()
    owners = _owners(spec, user)
    acting = [owner for owner in spec.owners if owner.name in owners]
    own: list[Grantee] = [user, *acting]
    groups = _with_groups(spec, [membership.name for holder in own for membership in holder.groups])
    return Wants.of(_of_grant(grant) for holder in (*own, *groups) for grant in holder.grants)


def groups_of(spec: AccessSpec, user: User) -> frozenset[str]:
    """Names of the groups that it is in, by whatever chain; who is disabled is in none."""
    if not user.enabled:
        return frozenset()
    return frozenset(group.name for group in _with_groups(spec, [membership.name for membership in user.groups]))


def _owners(spec: AccessSpec, user: User) -> frozenset[str]:
    owned = {(g.database, schema) for g in user.grants if g.access is Access.OWNER for schema in g.schemas}
    return frozenset(
        s.owner
        for database in spec.databases
        for s in database.schemas
        if isinstance(s.owner, str) and (database.name, s.name) in owned
    )


def _with_groups(spec: AccessSpec, names: list[str]) -> Iterator[Grantee]:
    """The groups of these names and theirs, each once."""
    groups, seen, waiting = {group.name: group for group in spec.groups}, set[str](), [*names]
    while waiting:
        name = waiting.pop(0)
        if name in groups and name not in seen:
            seen.add(name)
            waiting += [membership.name for membership in groups[name].groups]
            yield groups[name]


def _of_grant(grant: Grant) -> Wants:
    privileges = frozenset(str(each) for each in PRESETS[grant.access]) if grant.access else frozenset(grant.tables)
    within = [part for name in grant.only if (part := split_object(name, grant.schemas))]
    making = frozenset({str(Privilege.CREATE)}) if "CREATE" in grant.schema_privileges else frozenset[str]()
    rights: dict[On, frozenset[str]] = {}
    for schema in grant.schemas:
        on_all = making if grant.only else making | privileges | frozenset(grant.functions)
        rights[On(Level.SCHEMA, schema)] = on_all
    for schema, table in within:
        rights[On(Level.TABLE, schema, table)] = privileges
    tables: list[tuple[str, str | None]] = [*within] if grant.only else [(schema, None) for schema in grant.schemas]
    keys = frozenset(Key(schema, table, column) for schema, table in tables for column in grant.key_columns)
    return Wants({on: held for on, held in rights.items() if held}, keys)
