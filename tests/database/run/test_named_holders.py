"""Who keeps a run waiting until its time is over is named in the error, with what an operator needs to end it."""

import re
from typing import Any

import psycopg
import pytest

from db_access.errors import LockHeldError
from db_access.postgresql import apply
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, spec

IMPATIENT = Timeouts(lock=2)
SINCE = r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def less() -> list[dict[str, Any]]:
    return [{**user, "connection_limit": 3} for user in SAMPLE.as_properties()["users"]]


def test_a_stranger_that_keeps_a_row_is_named(database: Database) -> None:
    converge(database)
    with database.superuser() as other:
        other.execute("SET application_name = 'a job\"'; BEGIN; ALTER ROLE lambda_writer PASSWORD 'hush'")
        with pytest.raises(LockHeldError) as raised:
            converge(database, spec(users=less()), timeouts=IMPATIENT)
        pid = other.info.backend_pid
    named = rf"session {pid} of 'rdsadmin' in database 'app' \('a job\"', idle in transaction, {SINCE}\)"
    assert re.search(named, str(raised.value))
    assert "hush" not in str(raised.value)


def test_another_holder_of_the_engines_lock_is_named(database: Database) -> None:
    with database.connect() as other:
        apply.lock(other, 1)
        with pytest.raises(LockHeldError, match=f"session {other.info.backend_pid} of 'master'"):
            converge(database, timeouts=IMPATIENT)


def test_a_session_that_was_ended_is_not_named(database: Database) -> None:
    """Only who still is in the way when the time is over."""
    converge(database)
    session = database.connect("lambda_writer")
    session.execute("BEGIN; ALTER ROLE lambda_writer PASSWORD 'x'")
    with database.superuser() as other:
        other.execute("BEGIN; ALTER ROLE migrator PASSWORD 'x'")
        with pytest.raises(LockHeldError) as raised:
            converge(database, spec(users=less()), timeouts=IMPATIENT)
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    assert "of 'rdsadmin'" in str(raised.value)
    assert "of 'lambda_writer'" not in str(raised.value)
