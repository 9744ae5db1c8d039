"""Grant entries: who gets which privileges where in one database, read off the spec's grants. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final, assert_never

from db_access.plan.privileges import Kind, Privilege, Privileges
from db_access.spec import Access, AccessSpec, Database, Grant, Grantee, Owner
from db_access.spec.model.names import split_object

_READ = frozenset({Privilege.SELECT})
_APPEND = frozenset({Privilege.INSERT})
_WRITE = frozenset({Privilege.INSERT, Privilege.UPDATE, Privilege.DELETE})
_USAGE = frozenset({Privilege.USAGE})
_TO_LOG_IN = frozenset({Privilege.CONNECT})
"""What PostgreSQL asks for of the login itself, whatever its session acts as."""

_ELSEWHERE: Final = frozenset({"database", "schemas", "database_privileges"})
"""Fields of a grant that don't say what it gives in a schema, but where, or on the database."""
SHAPE: Final = tuple(name for name in Grant.model_fields if name not in _ELSEWHERE)
"""All others: two grants in which these are equal give the same in a schema that both name."""
shape_of: Final = attrgetter(*SHAPE)
"""Their values in a grant."""


def named_within(grant: Grant) -> tuple[str, ...]:
    """The schemas within which `only` names objects, where another grant's would make other objects of the names.

    Names may contain dots: `foo.bar.x` is in `foo` or in `foo.bar`, and the longest of the grant's schemas decides.
    """
    several = any(sum(name.startswith(f"{schema}.") for schema in grant.schemas) > 1 for name in grant.only)
    return grant.schemas if several else ()


@dataclass(frozen=True)
class Entry:
    """What a grant gives in one schema: on all objects of a kind, or on one, or on its columns of one name."""

    kind: Kind
    privileges: Privileges
    name: str | None = None
    column: str | None = None


def in_one_schema(grant: Grant, schema: str) -> Iterator[Entry]:
    """All that `grant` gives in `schema`; nothing for an owner, which acts as another role."""
    if _owns(grant):
        return
    yield Entry(Kind.SCHEMA, _privileges(grant.schema_privileges))
    for name in _only(grant, schema) if grant.only else [None]:
        for kind, privileges in _by_kind(grant):
            if privileges:
                yield Entry(kind, privileges, name)
        for column in grant.key_columns:
            yield Entry(Kind.TABLE, _READ, name, column)


def _only(grant: Grant, schema: str) -> Iterator[str]:
    for name in grant.only:
        if (found := split_object(name, grant.schemas)) and found[0] == schema:
            yield found[1]


def _by_kind(grant: Grant) -> Iterator[tuple[Kind, Privileges]]:
    preset = _preset(grant.access)
    yield Kind.TABLE, preset or _privileges(grant.tables)
    yield Kind.SEQUENCE, _USAGE if Privilege.INSERT in preset else _privileges(grant.sequences)
    yield Kind.FUNCTION, _privileges(grant.functions)
    yield Kind.TYPE, _privileges(grant.types)


def _preset(access: Access | None) -> Privileges:
    """What a preset gives on tables."""
    match access:
        case Access.READ_ONLY:
            return _READ
        case Access.APPEND_ONLY:
            return _APPEND
        case Access.WRITE_ONLY:
            return _WRITE
        case Access.READ_WRITE:
            return _READ | _WRITE
        case Access.OWNER | None:
            return frozenset()
        case _:
            assert_never(access)


def on_database(who: Grantee, here: Database) -> Privileges:
    """What `who` may do with the database itself: nothing where it has no grant and isn't said to connect."""
    grants = [grant for grant in who.grants if grant.database == here.name]
    if not grants and here.name not in who.databases and not _makes(who, here):
        return frozenset()
    return _privileges(who.privileges).union(*(_privileges(grant.database_privileges) for grant in grants))


def _makes(who: Grantee, here: Database) -> bool:
    return isinstance(who, Owner) and any(who.name in schema.makers for schema in here.schemas)


def by_holder(who: Grantee, holder: str, here: Database, privileges: Privileges) -> Iterator[tuple[str, Privileges]]:
    """Whom PostgreSQL asks for each: the login for CONNECT, for what its sessions do the owner as which they act."""
    acts_as = acting(who, here)
    yield holder, privileges if acts_as is None else privileges & _TO_LOG_IN
    if acts_as is not None:
        yield acts_as, privileges - _TO_LOG_IN


def acting(who: Grantee, here: Database) -> str | None:
    """The owner as which the sessions of `who` act in the database; None: as itself."""
    owned = {s for grant in who.grants if _owns(grant) and grant.database == here.name for s in grant.schemas}
    return next((schema.named_owner for schema in here.schemas if schema.name in owned), None) if owned else None


def _owns(grant: Grant) -> bool:
    return grant.access is Access.OWNER


def granted(spec: AccessSpec, here: Database) -> Iterator[tuple[Grantee, Grant, str]]:
    """Every grant in the database, with who has it and for each of its schemas."""
    for who in spec.grantees:
        for grant in who.grants:
            if grant.database == here.name:
                yield from ((who, grant, schema) for schema in grant.schemas)


@cache
def _privileges(names: tuple[str, ...]) -> Privileges:
    return frozenset(map(Privilege, names))
