"""What keeps users out that the spec lets in, beside a lock: told, and set back."""

import pymysql
import pytest

from db_access.mysql.reconcile import Summary, converge, prove
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import TIMEOUTS, grant, master, spec, user
from tests.mysql.servers import Instance, rows

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:clerk-a1b2c3"
READS = grant("foo", access="read_only")
WANTED = spec(user("ann", READS), user("clerk", READS, auth_method="password", password_secret=ARN))
OWN = "the clerk's password"
BOTH = {
    "queries": "{} WITH MAX_QUERIES_PER_HOUR 1",
    "updates and connections": "{} WITH MAX_UPDATES_PER_HOUR 1 MAX_CONNECTIONS_PER_HOUR 1",
    "expired": "{} PASSWORD EXPIRE",
}
OF_MARIADB = {"a statement's time": "{} WITH MAX_STATEMENT_TIME 0.001"}
OF_MYSQL = {"failed logins": "{} FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED"}
_NO_IAM_PASSWORDS = 3671
"""MySQL's, where nothing of IAM's can expire."""


def run(instance: Instance) -> Summary:
    return converge(master(instance), WANTED, timeouts=TIMEOUTS, read_secret=secret)


def proven(instance: Instance, wanted: AccessSpec = WANTED) -> bool:
    return prove(master(instance), wanted, timeouts=TIMEOUTS, read_secret=secret).holds


def secret(_: str) -> Secret:
    return Secret(OWN, "1 of s")


def works(instance: Instance, name: str, password: str) -> bool:
    """For three sessions, with something that takes a moment."""
    try:
        for _ in range(3):
            with instance.server.log_in(name, password) as session:
                rows(session, "SELECT v FROM foo.event")
                took = rows(session, "SELECT SLEEP(0.05)")
                if took != [(0,)]:
                    return False
    except pymysql.err.OperationalError:
        return False
    return True


WAYS = [(server, way) for server, more in (("mariadb", OF_MARIADB), ("mysql", OF_MYSQL)) for way in {**BOTH, **more}]


@pytest.mark.parametrize(("family", "way"), WAYS, indirect=["family"])
def test_what_keeps_users_out_is_told_and_set_back(instance: Instance, way: str) -> None:
    here = {**BOTH, **OF_MARIADB, **OF_MYSQL}
    tables(instance)
    run(instance)
    passwords = {"ann": instance.server.key, "clerk": OWN}
    with instance.superuser() as root:
        for name in passwords:
            try:
                rows(root, f"ALTER USER {here[way].format(name)}")
            except pymysql.err.OperationalError as error:
                assert error.args[0] == _NO_IAM_PASSWORDS and name == "ann", error
    works(instance, "clerk", "wrong")
    assert not works(instance, "clerk", OWN)
    assert not proven(instance)
    run(instance)
    assert proven(instance)
    assert {name: works(instance, name, password) for name, password in passwords.items()} == {
        "ann": True,
        "clerk": True,
    }
    assert run(instance).plan == ()
