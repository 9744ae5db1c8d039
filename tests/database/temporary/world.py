"""What the tests of temporary memberships share: a user who may have one, and ways to give it and to look at it."""

from datetime import timedelta
from typing import Any

from db_access.postgresql import temporary
from db_access.postgresql.reconcile import Timeouts
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database import engine
from tests.database.engine import connect_as_master, make_tables, run

HOUR = timedelta(hours=1)
TIMEOUTS = Timeouts(transient=20, lock=2)
READER = {"name": "reader", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}
ALICE = {
    "username": "alice",
    "description": "on call",
    "databases": ["app"],
    "may_have": [{"group": "reader", "at_most": "2h"}],
}
SELECT = "SELECT count(*) FROM foo.event"


def spec(*, alice: dict[str, Any] = ALICE, **changes: Any) -> AccessSpec:
    users = engine.SAMPLE.as_properties()["users"]
    return engine.spec(**{"users": [*users, alice], "groups": [READER], **changes})


SPEC = spec()


def deployed(database: Database, wanted: AccessSpec = SPEC) -> Database:
    engine.converge(database, wanted)
    make_tables(database)
    engine.converge(database, wanted)
    return database


def give(
    database: Database, length: timedelta = HOUR, wanted: AccessSpec = SPEC, *, group: str = "reader", **said: str
) -> temporary.Given:
    asked = temporary.Asked("alice", group, length, **{"by": "bob", "reason": "ticket 7", **said})
    return temporary.give(connect_as_master(database), wanted, "app", asked, timeouts=TIMEOUTS)


def end(database: Database, wanted: AccessSpec = SPEC, group: str = "reader") -> list[temporary.Ended]:
    return temporary.end(connect_as_master(database), wanted, "app", "alice", group, timeouts=TIMEOUTS)


def end_expired(database: Database, wanted: AccessSpec = SPEC) -> list[temporary.Ended]:
    return temporary.end_expired(connect_as_master(database), wanted, "app", timeouts=TIMEOUTS)


def listed(database: Database, wanted: AccessSpec = SPEC) -> list[temporary.Holding]:
    return temporary.listed(connect_as_master(database), wanted, "app", timeouts=TIMEOUTS)


def comment(database: Database, role: str = "alice") -> str:
    ((text,),) = run(
        database, "rdsadmin", f"SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '{role}'"
    )
    return str(text)


def rewrite(database: Database, old: str, new: str) -> None:
    """Somebody who may writes alice's comment."""
    text = comment(database)
    assert old in text
    with database.superuser() as connection:
        (statement,) = connection.execute(
            "SELECT format('COMMENT ON ROLE alice IS %%L', %s::text)", [text.replace(old, new)]
        ).fetchone()  # type: ignore[misc]
        connection.execute(statement)


def moved(database: Database, by: timedelta) -> None:
    """The end that the comment says, moved: the clock is the server's, and nobody can turn it."""
    (held,) = listed(database)
    assert held.record is not None
    rewrite(database, held.record.until.isoformat(), (held.record.until + by).isoformat())
