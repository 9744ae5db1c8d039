"""Rotation of a secret on a server of the MySQL family: the user changes its own password, and a run of the engine that
comes between, or after, leaves clients the one that the secret has."""

import logging

import pymysql
import pytest

from db_access import rotation
from db_access.errors import RotationError
from db_access.mysql.reconcile import converge
from db_access.secrets import Login, Secret
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import TIMEOUTS, grant, master, spec, user
from tests.mysql.functions.deploying import Function
from tests.mysql.servers import Instance, rows

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:report-AbCdEf"
TOKEN = "11111111-2222-3333-4444-555555555555"
FIRST, SECOND = "First-Password-1", "Second-Password-2"
SPEC = spec(user("report", grant("foo", access="read_only"), auth_method="password", password_secret=ARN))


class Kept:
    """The secret, as the steps see it: what is current, and what is to come."""

    arn, id = ARN, TOKEN

    def __init__(self) -> None:
        self.is_current = False

    def current(self) -> bool:
        return self.is_current

    def create(self) -> None: ...

    def has_value(self) -> bool:
        return True

    def pending(self) -> Login:
        return Login("report", SECOND, None)

    login = pending

    def current_login(self) -> Login:
        return Login("report", SECOND if self.is_current else FIRST, None)

    def make_current(self) -> None:
        self.is_current = True

    @property
    def secret(self) -> Secret:
        return Secret(self.current_login().password, f"{'2' if self.is_current else '1'} of report-AbCdEf", "report")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    made = Kept()
    monkeypatch.setattr(rotation, "secrets_manager", lambda arn: None)
    monkeypatch.setattr(rotation, "Version", lambda *_: made)
    return made


@pytest.fixture
def function(instance: Instance, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Function:
    """As the stacks set it up: it has neither the master's name nor its secret."""
    tables(instance)
    made = Function(instance, monkeypatch)
    for name in ("MYSQL_USER", "DB_MASTER_SECRET_ARN"):
        monkeypatch.delenv(name)
    run(made, kept)
    assert lets_in(made, FIRST)
    return made


def run(function: Function, kept: Kept) -> int:
    return converge(master(function.instance), SPEC, timeouts=TIMEOUTS, read_secret=lambda _: kept.secret).changes


def step(name: str) -> None:
    rotation.handler({"Step": name, "SecretId": ARN, "ClientRequestToken": TOKEN}, None)


def steps(*names: str) -> None:
    for name in names or ("createSecret", "setSecret", "testSecret", "finishSecret"):
        step(name)


def set_by_hand(function: Function, password: str) -> None:
    """And used: MySQL 9.7 as Debian has it lets a former password in until then."""
    with function.instance.superuser() as root:
        sent = "PASSWORD(%s)" if function.instance.is_mariadb else "%s"
        rows(root, f"SET PASSWORD FOR report@'%%' = {sent}", password)
    assert lets_in(function, password)


def lets_in(function: Function, password: str) -> bool:
    try:
        function.instance.server.log_in("report", password).close()
    except pymysql.err.OperationalError as error:
        assert error.args[0] == 1045, error
        return False
    return True


def test_a_rotation_changes_the_password(function: Function, kept: Kept) -> None:
    steps()
    assert kept.is_current and lets_in(function, SECOND) and not lets_in(function, FIRST)


def test_a_step_that_comes_twice_comes_to_the_same_end(function: Function, kept: Kept) -> None:
    steps("setSecret", "setSecret", "testSecret", "testSecret", "finishSecret", "finishSecret")
    assert kept.is_current and lets_in(function, SECOND)


def test_a_run_that_comes_between_leaves_clients_what_the_secret_has(function: Function, kept: Kept) -> None:
    steps("setSecret")
    set_by_hand(function, FIRST)  # as a run does that finds another version's mark
    with pytest.raises(RotationError, match="can't log in with the coming password"):
        steps("testSecret")
    steps("finishSecret")
    assert kept.is_current and lets_in(function, SECOND)


def test_the_next_run_marks_the_new_version_and_leaves_the_password(function: Function, kept: Kept) -> None:
    steps()
    assert run(function, kept) > 0
    assert lets_in(function, SECOND) and run(function, kept) == 0


def test_whose_password_nobody_knows_is_not_rotated(
    function: Function, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    set_by_hand(function, "Another-Password-3")
    with caplog.at_level(logging.DEBUG), pytest.raises(RotationError, match="'report' is not rotated") as refused:
        steps()
    assert not kept.is_current and lets_in(function, "Another-Password-3")
    assert all(word not in caplog.text + str(refused.value) for word in (FIRST, SECOND))


def test_no_password_is_in_the_server_s_log(function: Function, kept: Kept) -> None:
    """With every statement in it, as a DBA may have set it."""
    with function.instance.superuser() as root:
        rows(root, "SET GLOBAL log_output = 'TABLE'")
        rows(root, "SET GLOBAL general_log = 1")
        try:
            steps()
            logged = str(rows(root, "SELECT argument FROM mysql.general_log"))
        finally:
            rows(root, "SET GLOBAL general_log = 0")
            rows(root, "TRUNCATE mysql.general_log")
    assert "PASSWORD" in logged and FIRST not in logged and SECOND not in logged
