"""Changes of a spec, and what may happen to the database between their approval and their deploy."""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import psycopg

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, make_tables

Raw = dict[str, Any]


def _user(name: str, *grants: Raw, **more: Any) -> Raw:
    return {"username": name, "grants": list(grants), **more}


_READS: Final = {"database": "app", "schemas": ["foo"], "access": "read_only"}
_USERS: Final[list[Raw]] = [*SAMPLE.as_properties()["users"], _user("reader", _READS, groups=["team"])]
_BASE: Final[Raw] = {
    **SAMPLE.as_properties(),
    "groups": [{"name": "team", "grants": [{**_READS, "schemas": ["bar"]}]}],
    "users": _USERS,
}
BASE: Final = AccessSpec.parse(_BASE)


def _changed(**changes: Any) -> AccessSpec:
    return AccessSpec.parse({**_BASE, **changes})


CHANGES: Final[dict[str, AccessSpec]] = {
    "a user more": _changed(users=[*_USERS, _user("auditor", {**_READS, "schemas": ["foo", "bar"]})]),
    "a user less": _changed(users=_USERS[:-1]),
    "a user disabled": _changed(users=[*_USERS[:-1], {**_USERS[-1], "enabled": False}]),
    "more rights": _changed(users=[*_USERS[:-1], _user("reader", {**_READS, "access": "read_write"}, groups=["team"])]),
    "fewer rights": _changed(users=[*_USERS[:-1], _user("reader", groups=["team"])]),
    "no group": _changed(users=[*_USERS[:-1], _user("reader", _READS)]),
    "a schema more": _changed(
        databases=[
            {"name": "app", "schemas": [*_BASE["databases"][0]["schemas"], {"name": "own", "owner": "app_owner"}]}
        ]
    ),
    "a limit and a description": _changed(
        users=[*_USERS[:-1], {**_USERS[-1], "connection_limit": 7, "description": "x"}]
    ),
}
OTHER: Final = _changed(users=[*_USERS[:-1], _user("reader", {**_READS, "access": "append_only"})])


def prepared(database: Database, converge: Callable[[AccessSpec], object]) -> None:
    """The database as `BASE` says, with tables."""
    converge(BASE)
    make_tables(database)
    converge(BASE)


def by_hand(database: Database, *statements: str) -> None:
    """As a superuser."""
    with database.superuser() as connection:
        connection.execute("SET lock_timeout = '200ms'")
        for statement in statements:
            connection.execute(statement)


def _made_anew(database: Database) -> None:
    with database.server.connect() as connection:
        connection.execute("DROP DATABASE app WITH (FORCE)")
        connection.execute("CREATE DATABASE app OWNER master")


def _hand(*statements: str) -> Callable[[Database], None]:
    """What can't be done, because it would have to wait for a run or its role is gone, doesn't happen."""

    def happen(database: Database) -> None:
        with contextlib.suppress(psycopg.Error):
            by_hand(database, *statements)

    return happen


def _table(name: str) -> Callable[[Database], None]:
    return _hand("SET ROLE app_owner", f"CREATE TABLE {name} (id int)")


EVENTS: Final[dict[str, Callable[[Database], None]]] = {
    "nothing": lambda database: None,
    "a grant": _hand("GRANT DELETE ON bar.audit TO reader"),
    "a grant that the change gives": _hand("GRANT INSERT ON foo.event TO reader"),
    "a revoke": _hand("REVOKE ALL ON foo.event FROM lambda_writer"),
    "a revoke that the change makes": _hand("REVOKE SELECT ON foo.event FROM reader"),
    "a role less": _hand("DROP OWNED BY lambda_writer", "DROP ROLE lambda_writer"),
    "the changed role less": _hand("DROP OWNED BY reader", "DROP ROLE reader"),
    "a role of the new one's name": _hand("CREATE ROLE auditor LOGIN SUPERUSER"),
    "a table": _table("foo.later"),
    "a table elsewhere": _table("ops.later"),
    "a table less": _hand("DROP TABLE bar.audit"),
    "a table renamed": _hand("ALTER TABLE foo.event RENAME TO events"),
    "another limit": _hand("ALTER ROLE lambda_writer CONNECTION LIMIT 3"),
    "a superuser": _hand("ALTER ROLE reader SUPERUSER"),
    "a membership": _hand("GRANT team TO lambda_writer"),
    "a membership less": _hand("REVOKE team FROM reader GRANTED BY master"),
    "a comment": _hand("COMMENT ON ROLE reader IS 'x [managed by keyless-aurora]'"),
    "another's role": _hand("COMMENT ON ROLE reader IS 'x [managed by theirs]'"),
    "default privileges": _hand(
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT DELETE ON TABLES TO reader"
    ),
    "an owner": _hand("ALTER TABLE foo.event OWNER TO reader"),
    "a stranger": _hand("CREATE ROLE stranger LOGIN"),
    "PUBLIC let in": _hand("GRANT SELECT ON foo.event TO PUBLIC"),
    "a schema of the new one's name": _hand("CREATE SCHEMA own"),
}
"""Before the deploy, and under its lock."""
BEFORE: Final[dict[str, Callable[[Database], None]]] = {**EVENTS, "another database": _made_anew}
