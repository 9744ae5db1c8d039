"""What a spec says that a database's encoding can't hold, one sentence each, before anything is read. Pure."""

from collections.abc import Iterator

from db_access.postgresql.state import Desired
from db_access.wording import listed


def unencodable(desired: Desired, *, encoding: str, database: str) -> Iterator[str]:
    """`encoding`: of the database, as PostgreSQL calls it.

    PostgreSQL keeps what is the cluster's as bytes, which each database reads in its own encoding. In UTF8, which the
    engine speaks, they are what the spec says; so is ASCII in each.
    """
    if encoding == "UTF8":
        return
    here = _of_the_database(desired) if encoding == "SQL_ASCII" else {}
    for what, names in {**_of_the_cluster(desired), **here}.items():
        if found := sorted(name for name in names if not name.isascii()):
            yield (
                f"{what} {listed(list(map(repr, found)))} is not ASCII, and database {database!r} has encoding "
                f"{encoding}, in which the same bytes are other characters; allowed there: ASCII; or a database with "
                "encoding UTF8"
            )


def _of_the_cluster(desired: Desired) -> dict[str, set[str]]:
    roles = desired.roles.values()
    settings = {text for role in roles for name, values in role.settings for text in (name, *values)}
    return {
        "role": {*desired.roles, *desired.drop, *(m.role for m in desired.memberships)},
        "description": {role.description for role in roles},
        "setting": settings,
    }


def _of_the_database(desired: Desired) -> dict[str, set[str]]:
    return {
        "schema": set(desired.declared),
        "object": {name for objects in desired.objects if objects.kind.in_schema for name in objects.names},
        "column": {column for objects in desired.objects for column in objects.columns},
    }
