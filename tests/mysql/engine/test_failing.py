"""A run that fails: who was there has what it had, who is new stays locked, and the next run goes on."""

import logging
from itertools import count
from typing import Any

import pytest
from pymysql.connections import Connection

from db_access.errors import ApplyError, ProofError
from db_access.mysql.reconcile import converge
from db_access.secrets import Secret
from tests.mysql.engine.doing import everybody, forgotten, tables
from tests.mysql.engine.dying import Dying
from tests.mysql.engine.specs import TIMEOUTS, grant, planned, run, spec, user
from tests.mysql.engine.test_killed import FIRST, NAMES, SECOND
from tests.mysql.servers import Instance, rows


def grants_of_all(instance: Instance) -> dict[str, list[str]]:
    """Of those of the first spec, as the server writes them."""
    with instance.superuser() as root:
        return {
            name: sorted(line for (line,) in rows(root, f"SHOW GRANTS FOR `{name}`@`%`"))
            for name in ("w", "r", "g", "old")
        }


def test_at_every_statement_all_is_put_back(instance: Instance) -> None:
    """But who leaves, once locked out, isn't let in again and gets nothing back: else who can make runs fail would keep
    its login, and its events."""
    tables(instance)
    out, nothing = 0, 0
    for n in count():
        forgotten(instance)
        run(instance, FIRST)
        before, grants = everybody(instance, NAMES), grants_of_all(instance)
        failing = Dying(instance, n, refused=True)
        try:
            converge(failing.connect, SECOND, timeouts=TIMEOUTS)
        except ApplyError as error:
            assert "has what it had before" in str(error), error
        else:
            break
        now = everybody(instance, NAMES)
        assert {**now, "old": None} == {**before, "old": None}, failing.written
        assert now["old"] in (before["old"], None)
        out += now["old"] is None
        given = grants_of_all(instance)
        assert {**given, "old": []} == {**grants, "old": []}, failing.written
        assert now["old"] is None or given["old"] == grants["old"]
        nothing += not any("`bar`" in line or "keyless~" in line for line in given["old"])
        run(instance, SECOND)
        assert planned(instance, SECOND).plan == ()
    assert n > 20
    assert out >= n - 1  # but for the very statement that locks it out
    assert 5 < nothing <= out


def test_a_lost_connection_is_tried_again(instance: Instance) -> None:
    tables(instance)
    run(instance, FIRST)
    losing = Dying(instance, 9)
    tries: list[None] = []

    def connect() -> Connection:
        tries.append(None)
        connection = losing.connect()
        if len(tries) == 1:
            losing._kill = lambda lost: _lose(instance, lost)  # type: ignore[method-assign, assignment]
        return connection

    converge(connect, SECOND, timeouts=TIMEOUTS)
    assert len(tries) == 2
    assert planned(instance, SECOND).plan == ()


def _lose(instance: Instance, connection: Connection) -> object:
    with instance.superuser() as root:
        rows(root, f"KILL {connection.thread_id()}")
    return connection.ping(reconnect=False)


def test_a_run_that_proves_false_is_put_back(instance: Instance) -> None:
    """The master's grants to everybody are no run's to take."""
    tables(instance)
    run(instance, spec(user("worker", grant("foo", access="read_only"))))
    before = everybody(instance, ("worker", "new"))
    with instance.superuser() as root:
        if instance.is_mariadb:
            rows(root, "GRANT UPDATE ON foo.* TO PUBLIC")
        else:
            rows(root, "CREATE ROLE everybodys")
            rows(root, "GRANT UPDATE ON foo.* TO everybodys")
            rows(root, "SET GLOBAL mandatory_roles = 'everybodys'")
    changed = spec(
        user("worker", grant("foo", "bar", access="read_only")), user("new", grant("foo", access="read_only"))
    )
    recording = Dying(instance, -1)
    with pytest.raises(ProofError, match=r"'worker' and 'new' have UPDATE|'worker', 'new' have UPDATE"):
        converge(recording.connect, changed, timeouts=TIMEOUTS)
    assert [statement for statement in recording.written if "DEFAULT ROLE" in statement] == []  # nobody was moved
    with instance.superuser() as root:
        rows(root, "REVOKE UPDATE ON foo.* FROM PUBLIC" if instance.is_mariadb else "SET GLOBAL mandatory_roles = ''")
    assert everybody(instance, ("worker", "new")) == before
    run(instance, changed)


@pytest.mark.parametrize("require", ["NONE", "SSL", "X509", "SUBJECT '/CN=x'"])
def test_an_adopted_account_that_fails_logs_in_as_before(instance: Instance, require: str) -> None:
    tables(instance)
    with instance.superuser() as root:
        rows(root, f"CREATE USER w IDENTIFIED BY 'the password' REQUIRE {require} WITH MAX_USER_CONNECTIONS 3")
        rows(root, "GRANT SELECT, INSERT ON foo.* TO w")
        before = rows(root, "SHOW CREATE USER w")
    wanted = spec(user("w", grant("bar", access="read_only"), adopt=True))
    for n in count():
        failing = Dying(instance, n, refused=True)
        try:
            converge(failing.connect, wanted, timeouts=TIMEOUTS)
        except ApplyError:
            with instance.superuser() as root:
                assert rows(root, "SHOW CREATE USER w") == before
        else:
            break
    assert n > 5


def test_no_log_and_no_error_has_what_a_server_keeps_of_a_password(
    instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tables(instance)
    with instance.superuser() as root:
        rows(root, "CREATE USER w IDENTIFIED BY 'the password'")
        verifier = KEPT[instance.is_mariadb](root)
    wanted, said = spec(user("w", grant("bar", access="read_only"), adopt=True)), []
    for n in count():
        failing = Dying(instance, n, refused=True)
        try:
            converge(failing.connect, wanted, timeouts=TIMEOUTS)
        except ApplyError as error:
            said.append(str(error))
        else:
            break
    shown = caplog.text + "".join(said)
    assert "<redacted>" in caplog.text
    assert len(verifier) > 30 and verifier not in shown and verifier.encode().hex() not in shown.lower()


def _kept_by_mysql(root: Connection) -> str:
    ((kept,),) = rows(root, "SELECT authentication_string FROM mysql.user WHERE User = 'w'")
    return str(kept.decode() if isinstance(kept, bytes) else kept)


def _kept_by_mariadb(root: Connection) -> str:
    ((kept,),) = rows(
        root, "SELECT JSON_VALUE(Priv, '$.authentication_string') FROM mysql.global_priv WHERE User = 'w'"
    )
    return str(kept)


KEPT = {True: _kept_by_mariadb, False: _kept_by_mysql}


def test_no_log_and_no_error_has_a_password(instance: Instance, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    password = "it's \\ a `secret` \N{SNOWMAN}"
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:report-a1b2c3"
    wanted = spec(user("report", grant("foo", access="read_only"), auth_method="password", password_secret=arn))
    for n in count():
        failing = Dying(instance, n, refused=True)
        try:
            summary = converge(failing.connect, wanted, timeouts=TIMEOUTS, read_secret=lambda _: Secret(password, "1"))
        except ApplyError as error:
            assert "`secret`" not in str(error)
        else:
            break
    assert password not in caplog.text and "`secret`" not in caplog.text + repr(summary)
    in_utf8: Any = password.encode()  # PyMySQL would send a text as Latin-1
    with instance.server.log_in("report", in_utf8) as session:
        assert rows(session, "SELECT CURRENT_USER()") == [("report@%",)]
