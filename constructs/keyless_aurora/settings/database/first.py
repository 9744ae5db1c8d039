"""The database that a server of ours is created with.

Source: CreateDBInstance, DBName, for Aurora PostgreSQL and PostgreSQL. It doesn't list the words that the engine
reserves.
"""

from collections.abc import Iterator

from keyless_aurora.settings.allowed import written_as


def first_database_problems(name: str) -> Iterator[str]:
    yield from written_as(
        "database.initial_database",
        name,
        "(?!(postgres|rdsadmin|template[01])$)[A-Za-z][A-Za-z0-9_]{0,62}",
        "a name that RDS creates a database with, a letter and up to 62 letters, digits and underscores; not postgres, "
        "rdsadmin, template0 or template1, which are there",
    )
