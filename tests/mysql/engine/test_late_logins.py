"""Whoever begins to log in before a run, and shows its token when the run has ended, comes to nothing by that."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import evidence, grant, run, spec, user
from tests.mysql.servers import Instance, rows

WORKER = user("worker", grant("foo", access="read_write"))
STAYS = user("stays", grant("foo", access="read_write"))
BEFORE = spec(WORKER, STAYS)
THEN = {
    "disabled": spec({**WORKER, "enabled": False}, STAYS),
    "no login": spec({**WORKER, "can_login": False}, STAYS),
    "retired": spec(STAYS),
    "dropped": spec(STAYS, retired=[{"username": "worker", "drop": True}]),
    "rights taken": spec(user("worker"), STAYS),
    "narrowed": spec(user("worker", grant("foo", access="append_only")), STAYS),
}


class Late:
    """It has said its name, and its token waits for `show`."""

    def __init__(self, instance: Instance, name: str) -> None:
        self._key = instance.server.key
        self._told, self._shown, self.session = threading.Event(), threading.Event(), list[Connection]()
        self._thread = threading.Thread(target=self._log_in, args=(instance, name))
        self._thread.start()
        assert self._told.wait(15)

    def show(self) -> Connection | None:
        """Its session, if it has come to one."""
        self._shown.set()
        self._thread.join()
        return self.session[0] if self.session else None

    def _log_in(self, instance: Instance, name: str) -> None:
        late = self

        class Plugin:
            def __init__(self, connection: Any) -> None:
                self._connection = connection

            def authenticate(self, _: object) -> object:
                late._told.set()
                late._shown.wait(60)
                self._connection.write_packet(late._key.encode() + b"\0")
                answer = self._connection._read_packet()
                answer.check_error()
                return answer

        with suppress(pymysql.err.MySQLError, OSError):
            self.session.append(instance.log_in(name, auth_plugin_map={"mysql_clear_password": Plugin}))


@contextmanager
def late(instance: Instance, name: str = "worker") -> Iterator[Late]:
    entering = Late(instance, name)
    try:
        yield entering
    finally:
        entering.show()


def does(session: Connection | None, statement: str) -> bool:
    try:
        return session is not None and rows(session, statement) is not None
    except pymysql.err.MySQLError:
        return False


@pytest.mark.parametrize("then", THEN)
def test_who_began_before_a_run_has_nothing_after_it(instance: Instance, then: str) -> None:
    tables(instance)
    run(instance, BEFORE)
    with late(instance) as entering:
        run(instance, THEN[then])
        session = entering.show()
    assert not does(session, "SELECT 1")
    assert evidence(instance, THEN[then]).holds
