"""The database that a client's session begins in, as its engine means the word. Pure."""

from collections.abc import Iterator

from db_access.spec import AccessSpec, Group, User
from keyless_aurora.engines.family import Family


def session_database(spec: AccessSpec, family: Family, user: User, database: str) -> str:
    """The spec's own on PostgreSQL. On MySQL that is a name for a group of schemas, and no session can begin in a
    schema without a right there: the first one in which the user has any, or the database's own name."""
    if family is not Family.MYSQL:
        return database
    holders: list[User | Group] = [user, *_groups(spec, user)]
    given = {name for each in holders for one in each.grants if one.database == database for name in one.schemas}
    declared = (one.name for each in spec.databases if each.name == database for one in each.schemas)
    return next((name for name in declared if name in given), database)


def _groups(spec: AccessSpec, user: User) -> Iterator[Group]:
    """Those that it is in, by whatever chain, each once."""
    groups, waiting = {group.name: group for group in spec.groups}, [*user.groups]
    while waiting:
        if group := groups.pop(waiting.pop().name, None):
            waiting += group.groups
            yield group
