"""The state that an access spec asks for in one database. Pure: reads the spec and nothing else."""

from collections.abc import Iterable, Iterator
from typing import Final

from db_access.spec import Access, AccessSpec, Database, Schema, User
from db_access.state import PUBLIC, Acl, DefaultKey, Kind, Membership, Objects, Privilege, Privileges, Role, State

RDS_IAM = "rds_iam"
"""Its members log in with IAM tokens, and only so (AuroraUserGuide, UsingWithRDS.IAMDBAuth.DBAccounts)."""

_READ = frozenset({Privilege.SELECT})
_APPEND = frozenset({Privilege.INSERT})
_WRITE = frozenset({Privilege.INSERT, Privilege.UPDATE, Privilege.DELETE})
_TABLE: dict[Access, Privileges] = {
    Access.READ_ONLY: _READ,
    Access.APPEND_ONLY: _APPEND,
    Access.WRITE_ONLY: _WRITE,
    Access.READ_WRITE: _READ | _WRITE,
}
_USAGE = frozenset({Privilege.USAGE})
_NOTHING: Privileges = frozenset()


def desired(spec: AccessSpec, database: str, *, master: str) -> State:
    """What `spec` asks for in `database`.

    Args:
        spec: the whole spec; roles and memberships are the cluster's, grants the database's.
        database: the name of a declared database.
        master: the role that applies it. It becomes a member of the owners, which is what lets it act for them.

    Raises:
        SpecError: when the spec does not declare the database.
    """
    here = spec.database(database)
    return State(
        roles={role.name: role for role in _roles(spec, here)},
        memberships=frozenset(_memberships(spec, master)),
        schemas={schema.name: schema.owner for schema in here.schemas},
        objects=tuple(_objects(spec, here)),
        defaults=dict(_defaults(spec, here, master)),
    )


NOTHING: Final = State(roles={}, memberships=frozenset(), schemas={}, objects=(), defaults={})
"""What is to remain when the access is deleted: nothing of ours; PUBLIC and the schemas are not spoken of, and stay as they are."""


def creators(schema: Schema, master: str) -> tuple[str, ...]:
    """Everybody who makes objects in a schema: nobody else has CREATE there. Each once."""
    return tuple(dict.fromkeys((schema.owner, *schema.creators, master)))


def _roles(spec: AccessSpec, here: Database) -> Iterator[Role]:
    for owner in spec.owners():
        yield Role(owner, managed_by=spec.managed_by)
    for user in spec.users:
        yield Role(
            user.username,
            login=user.logs_in,
            # Without INHERIT a session that leaves the owner's role has no rights at all, and so
            # can't make an object that belongs to the user and that no default privilege covers.
            inherit=not any(grant.access is Access.OWNER for grant in user.grants),
            connection_limit=user.connection_limit,
            acts_as=next(_owners_of(user, here), None),
            description=user.description,
            managed_by=spec.managed_by,
        )


def _owners_of(user: User, database: Database) -> Iterator[str]:
    """The owners whose schemas in `database` the user owns through membership."""
    for grant in user.grants:
        if grant.access is Access.OWNER and grant.database == database.name:
            yield from (schema.owner for schema in database.schemas if schema.name in grant.schemas)


def _memberships(spec: AccessSpec, master: str) -> Iterator[Membership]:
    yield from (Membership(owner, master) for owner in spec.owners())
    for user in spec.users:
        owners = {owner for database in spec.databases for owner in _owners_of(user, database)}
        roles = owners | ({RDS_IAM} if user.auth_method == "iam" else set())
        yield from (Membership(role, user.username, inherit=not owners) for role in roles)


def _objects(spec: AccessSpec, here: Database) -> Iterator[Objects]:
    locked = here.public == "locked"
    connect = {user.username: frozenset(map(Privilege, user.privileges)) for user in spec.users if _connects(user, here)}
    yield Objects(Kind.DATABASE, None, (here.name,), _locked(connect, locked))
    for schema in here.schemas:
        tables = _grants(spec, here, schema, Kind.TABLE)
        yield Objects(Kind.SCHEMA, schema.name, (schema.name,), _locked(dict.fromkeys(tables, _USAGE), locked))
        yield Objects(Kind.TABLE, schema.name, (), _locked(tables, locked))
        yield Objects(Kind.SEQUENCE, schema.name, (), _locked(_grants(spec, here, schema, Kind.SEQUENCE), locked))
        yield Objects(Kind.FUNCTION, schema.name, (), _locked({}, locked))
    if locked and "public" not in {schema.name for schema in here.schemas}:
        yield Objects(Kind.SCHEMA, "public", ("public",), {PUBLIC: _NOTHING})


def _connects(user: User, here: Database) -> bool:
    return here.name in user.databases or any(grant.database == here.name for grant in user.grants)


def _locked(acl: Acl, locked: bool) -> Acl:
    return {**acl, PUBLIC: _NOTHING} if locked else acl


def _grants(spec: AccessSpec, here: Database, schema: Schema, kind: Kind) -> Acl:
    """User to privileges on each table or sequence of the schema."""
    acl: dict[str, Privileges] = {}
    for user in spec.users:
        for grant in user.grants:
            if grant.database == here.name and schema.name in grant.schemas and grant.access is not Access.OWNER:
                privileges = _privileges(grant.access, kind)
                if privileges:
                    acl[user.username] = acl.get(user.username, _NOTHING) | privileges
    return acl


def _privileges(access: Access, kind: Kind) -> Privileges:
    tables = _TABLE[access]
    if kind is Kind.TABLE:
        return tables
    return _USAGE if Privilege.INSERT in tables else _NOTHING


def _defaults(spec: AccessSpec, here: Database, master: str) -> Iterable[tuple[DefaultKey, Acl]]:
    """Default privileges FOR everybody who makes objects, since they cover nobody else's."""
    for schema in here.schemas:
        for creator in creators(schema, master):
            for kind in (Kind.TABLE, Kind.SEQUENCE):
                yield DefaultKey(creator, schema.name, kind), _grants(spec, here, schema, kind)
            if here.public == "locked":
                # Only the form without IN SCHEMA takes EXECUTE away (postgresql.org, ALTER DEFAULT PRIVILEGES, Notes).
                yield DefaultKey(creator, None, Kind.FUNCTION), {PUBLIC: _NOTHING}
