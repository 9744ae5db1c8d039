"""The database that a server of ours is created with.

Source: CreateDBInstance, DBName, for each engine. It doesn't list the words that an engine reserves.
"""

from collections.abc import Iterator
from typing import Final

from keyless_aurora.engines.family import Family
from keyless_aurora.settings.allowed import written_as

_THERE: Final = {
    Family.POSTGRESQL: ("postgres", "rdsadmin", "template0", "template1"),
    Family.MYSQL: ("information_schema", "innodb", "mysql", "performance_schema", "sys"),
}
_LONGEST: Final = {Family.POSTGRESQL: 63, Family.MYSQL: 64}


def first_database_problems(family: Family, name: str) -> Iterator[str]:
    if family not in _THERE:
        return  # an engine that this app doesn't deploy, which is a problem of its own
    there, more = _THERE[family], _LONGEST[family] - 1
    yield from written_as(
        "database.initial_database",
        name,
        f"(?!({'|'.join(there)})$)[A-Za-z][A-Za-z0-9_]{{0,{more}}}",
        f"a name that RDS creates a database with, a letter and up to {more} letters, digits and underscores; not "
        f"{', '.join(there[:-1])} or {there[-1]}, which are there",
    )
