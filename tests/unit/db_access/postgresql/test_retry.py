"""What it took to reach the database is not taken from the time for failures that pass."""

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import pytest
from psycopg import Connection, errors

from db_access.errors import ApplyError
from db_access.postgresql.failures import message
from db_access.postgresql.retry import retrying


class Late:
    """A database that is reached only after longer than a run tries again; its first transactions fail."""

    def __init__(self, failing: int) -> None:
        self.failing, self.attempts = failing, 0

    def connect(self) -> "Connection[Any]":
        if not self.attempts:
            time.sleep(0.6)
        return cast("Connection[Any]", _nothing())

    def attempt(self, connection: "Connection[Any]") -> str:
        self.attempts += 1
        if self.attempts <= self.failing:
            raise errors.AdminShutdown("terminating connection due to administrator command")
        return "done"


def _nothing() -> AbstractContextManager[None]:
    return nullcontext()


def test_a_run_that_reached_its_database_late_still_tries_again() -> None:
    late = Late(failing=1)
    assert retrying(late.connect, 0.5, late.attempt) == "done"


def test_a_failure_that_stays_ends_the_run() -> None:
    late = Late(failing=1000)
    with pytest.raises(ApplyError, match="nothing was changed"):
        retrying(late.connect, 0.5, late.attempt)


def test_an_error_without_a_state_shows_none() -> None:
    """Of a connection that is lost there is no answer that could have one."""
    assert message(errors.OperationalError("the connection is lost")) == "the connection is lost"
