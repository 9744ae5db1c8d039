"""A second way to log in, made by somebody else: told, taken away for good, and nobody logs in by it afterwards."""

import pymysql
import pytest

from db_access.mysql.reconcile import Evidence, Summary, converge, prove
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import TIMEOUTS, grant, master, spec, user
from tests.mysql.servers import Instance, fresh, rows

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:clerk-a1b2c3"
READS = grant("foo", access="read_only")
ANN = user("ann", READS)
CLERK = user("clerk", READS, auth_method="password", password_secret=ARN)
OWN = "the clerk's password"
IAM, HACK = "AWSAuthenticationPlugin USING 'RDS'", "mysql_native_password USING PASSWORD('hack')"
CLERKS = "mysql_native_password USING PASSWORD('the clerk''s password')"
OF_MARIADB = {
    "iam or hack": f"{IAM} OR {HACK}",
    "hack or iam": f"{HACK} OR {IAM}",
    "hack or iam or hack": f"{HACK} OR {IAM} OR mysql_native_password USING PASSWORD('2')",
    "hack or hack": f"{HACK} OR mysql_native_password USING PASSWORD('2')",
    "socket or hack": f"unix_socket OR {HACK}",
    "iam or iam": f"{IAM} OR {IAM}",
    "clerk's or hack": f"{CLERKS} OR {HACK}",
    "hack or clerk's": f"{HACK} OR {CLERKS}",
}


def run(instance: Instance, wanted: AccessSpec) -> Summary:
    return converge(master(instance), wanted, timeouts=TIMEOUTS, read_secret=secret)


def evidence(instance: Instance, wanted: AccessSpec) -> Evidence:
    return prove(master(instance), wanted, timeouts=TIMEOUTS, read_secret=secret)


def secret(_: str) -> Secret:
    return Secret(OWN, "1 of s")


def enters(instance: Instance, name: str, password: str) -> bool:
    try:
        instance.server.log_in(name, password).close()
    except pymysql.err.OperationalError as error:
        assert error.args[0] in (1045, 3118, 4151) or "auth switch" in str(error), error
        return False
    return True


def altered(instance: Instance, *statements: str) -> None:
    with instance.superuser() as root:
        for statement in statements:
            rows(root, statement)


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("ways", OF_MARIADB)
def test_mariadb_has_what_it_leaves_of_former_ways_read_as_none(mariadb: MariaDB, ways: str, enabled: bool) -> None:
    """ALTER USER to one way leaves `"auth_or":[{}]`."""
    with fresh(mariadb) as instance:
        tables(instance)
        wanted = spec({**ANN, "enabled": enabled}, {**CLERK, "enabled": enabled})
        run(instance, spec(ANN, CLERK))
        altered(instance, *(f"ALTER USER {name} IDENTIFIED VIA {OF_MARIADB[ways]}" for name in ("ann", "clerk")))
        told = evidence(instance, wanted).violations
        assert {f"'{name}' may log in by something else" in "\n".join(told) for name in ("ann", "clerk")} == {True}
        run(instance, wanted)
        assert evidence(instance, wanted).holds
        assert run(instance, wanted).plan == ()
        altered(instance, "FLUSH PRIVILEGES")
        assert run(instance, wanted).plan == ()
        assert not any(enters(instance, name, password) for name in ("ann", "clerk") for password in ("hack", "2", ""))
        assert enters(instance, "ann", instance.server.key) is enabled
        assert enters(instance, "clerk", OWN) is enabled
