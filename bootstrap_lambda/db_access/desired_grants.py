"""The grants and default privileges that an access spec asks for in one database. Pure."""

from collections.abc import Iterable, Iterator

from db_access.spec import Access, AccessSpec, Database, Schema, User
from db_access.state import PUBLIC, Acl, DefaultKey, Kind, Objects, Privilege, Privileges

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


def objects(spec: AccessSpec, here: Database) -> Iterator[Objects]:
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


def defaults(spec: AccessSpec, here: Database, master: str) -> Iterable[tuple[DefaultKey, Acl]]:
    """Default privileges FOR everybody who makes objects, since they cover nobody else's."""
    for schema in here.schemas:
        for creator in creators(schema, master):
            for kind in (Kind.TABLE, Kind.SEQUENCE):
                yield DefaultKey(creator, schema.name, kind), _grants(spec, here, schema, kind)
            if here.public == "locked":
                # Only the form without IN SCHEMA takes EXECUTE away (postgresql.org, ALTER DEFAULT PRIVILEGES, Notes).
                yield DefaultKey(creator, None, Kind.FUNCTION), {PUBLIC: _NOTHING}


def creators(schema: Schema, master: str) -> tuple[str, ...]:
    """Everybody who makes objects in a schema: nobody else has CREATE there. Each once."""
    return tuple(dict.fromkeys((schema.owner, *schema.creators, master)))
