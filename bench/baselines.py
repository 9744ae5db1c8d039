"""The same rights without the engine, as two baselines: one message with everything, and one statement for each right.

Both have their statements ready, read and prove nothing, and end with the engine's result except the roles' comments.
"""

from collections.abc import Iterator

from bench.workload import DATABASE, OWNER, SESSIONS, TO_CONNECT, Size, to_write

_TABLE, _SEQUENCE = "INSERT, UPDATE, DELETE", "USAGE"


def limit(size: Size) -> list[str]:
    """Statements to send in one message: one GRANT names all grantees of a schema and all its tables."""
    return _limit_through_groups(size) if size.through_groups else _limit(size)


def _limit(size: Size) -> list[str]:
    users = list(size.writers())
    return [
        *(f"CREATE ROLE {user} LOGIN CONNECTION LIMIT {SESSIONS}" for user in users),
        f"GRANT rds_iam TO {', '.join(users)}",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {', '.join(users)}",
        *(
            statement
            for schema, writers in size.writers_of().items()
            for statement in _grants(size, schema, ", ".join(writers))
        ),
    ]


def _limit_through_groups(size: Size) -> list[str]:
    groups, users = {schema: f'"{to_write(schema)}"' for schema in size.writers_of()}, list(size.writers())
    return [
        *(f"CREATE ROLE {group}" for group in (f'"{TO_CONNECT}"', *groups.values())),
        *(f"CREATE ROLE {user} LOGIN CONNECTION LIMIT {SESSIONS}" for user in users),
        f'GRANT rds_iam, "{TO_CONNECT}" TO {", ".join(users)}',
        *(f"GRANT {groups[schema]} TO {', '.join(writers)}" for schema, writers in size.writers_of().items()),
        f'GRANT CONNECT ON DATABASE {DATABASE} TO "{TO_CONNECT}"',
        *(statement for schema, group in groups.items() for statement in _grants(size, schema, group)),
    ]


def _grants(size: Size, schema: str, writers: str) -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA {schema} TO {writers}"
    yield f"GRANT {_TABLE} ON {', '.join(f'{schema}.{table}' for table in size.table_names())} TO {writers}"
    yield (
        f"GRANT {_SEQUENCE} ON SEQUENCE {', '.join(f'{schema}.{table}_id_seq' for table in size.table_names())} "
        f"TO {writers}"
    )
    yield from _defaults(schema, writers)


def _defaults(schema: str, writers: str) -> Iterator[str]:
    for creator in (OWNER, "CURRENT_USER"):
        head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {creator} IN SCHEMA {schema} GRANT"
        yield f"{head} {_TABLE} ON TABLES TO {writers}"
        yield f"{head} {_SEQUENCE} ON SEQUENCES TO {writers}"


def one_by_one(size: Size) -> Iterator[str]:
    """Statements to send and commit one at a time: user by user and schema by schema."""
    for user, schemas in size.writers().items():
        yield f"CREATE ROLE {user} LOGIN CONNECTION LIMIT {SESSIONS}"
        yield f"GRANT rds_iam TO {user}"
        yield f"GRANT CONNECT ON DATABASE {DATABASE} TO {user}"
        for schema in schemas:
            yield f"GRANT USAGE ON SCHEMA {schema} TO {user}"
            yield f"GRANT {_TABLE} ON ALL TABLES IN SCHEMA {schema} TO {user}"
            yield f"GRANT {_SEQUENCE} ON ALL SEQUENCES IN SCHEMA {schema} TO {user}"
            yield from _defaults(schema, user)
