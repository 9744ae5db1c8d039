"""A second way to log in, made by somebody else: told, taken away for good, and nobody logs in by it afterwards."""

import pymysql
import pytest
from pymysql.connections import Connection

from db_access.errors import ProofError
from db_access.mysql.reconcile import Evidence, Summary, converge, prove
from db_access.mysql.run import Run
from db_access.mysql.words import words
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL
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
    """On MySQL ask for the right one first: Debian's has no sha2_cache_cleaner, so that the password that let somebody
    in last does so again, whatever has become of the account (DROP USER too), until another one does."""
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


RETAINED = {
    "hack is the first": ["ALTER USER clerk IDENTIFIED BY 'hack' RETAIN CURRENT PASSWORD"],
    "hack is the second": [
        "ALTER USER clerk IDENTIFIED BY 'hack'",
        "ALTER USER clerk IDENTIFIED BY 'the clerk''s password' RETAIN CURRENT PASSWORD",
    ],
}
BOB = user("bob")
DECLARED = {
    "stays": spec(CLERK, BOB),
    "disabled": spec({**CLERK, "enabled": False}, BOB),
    "no login": spec({**CLERK, "can_login": False}, BOB),
    "by token": spec(user("clerk", READS), BOB),
    "removed": spec(BOB),
    "retired": spec(BOB, retired=[{"username": "clerk"}]),
}


@pytest.mark.parametrize("how", DECLARED)
@pytest.mark.parametrize("passwords", RETAINED)
def test_a_second_password_is_discarded(mysql: MySQL, passwords: str, how: str) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, DECLARED["stays"])
        altered(instance, *RETAINED[passwords])
        assert enters(instance, "clerk", "hack") and enters(instance, "clerk", OWN)
        run(instance, DECLARED[how])
        assert enters(instance, "clerk", OWN) is (how == "stays")
        assert not enters(instance, "clerk", "hack")
        assert evidence(instance, DECLARED[how]).holds
        assert run(instance, DECLARED[how]).plan == ()
        run(instance, DECLARED["stays"])
        assert enters(instance, "clerk", OWN) and not enters(instance, "clerk", "hack")


@pytest.mark.parametrize("how", ["disabled", "removed"])
def test_a_second_password_of_who_is_out_is_discarded(mysql: MySQL, how: str) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, DECLARED["stays"])
        run(instance, DECLARED[how])
        altered(instance, *RETAINED["hack is the second"])
        assert words_of(run(instance, DECLARED[how])) >= {"the second password of clerk"}
        altered(instance, "ALTER USER clerk ACCOUNT UNLOCK")
        assert not enters(instance, "clerk", "hack")


def test_a_second_password_is_told_and_its_sessions_end(mysql: MySQL) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, DECLARED["stays"])
        altered(instance, *RETAINED["hack is the second"])
        assert "'clerk' may log in by something else" in "\n".join(evidence(instance, DECLARED["stays"]).violations)
        with instance.server.log_in("clerk", "hack") as hacker, instance.log_in("bob") as bob:
            assert "the second password of clerk" in words_of(run(instance, DECLARED["stays"]))
            assert (lives(hacker), lives(bob)) == (False, True)


def test_sessions_of_a_second_way_end_on_mariadb_too(mariadb: MariaDB) -> None:
    with fresh(mariadb) as instance:
        tables(instance)
        run(instance, DECLARED["stays"])
        altered(instance, f"ALTER USER clerk IDENTIFIED VIA {CLERKS} OR {HACK}")
        with instance.server.log_in("clerk", "hack") as hacker, instance.log_in("bob") as bob:
            run(instance, DECLARED["stays"])
            assert (lives(hacker), lives(bob)) == (False, True)


def test_who_has_no_secret_keeps_the_first_of_its_passwords(instance: Instance) -> None:
    tables(instance)
    run(instance, DECLARED["stays"])
    wanted = spec(user("clerk", READS, auth_method="password"), BOB)
    run(instance, wanted)
    ways = [f"ALTER USER clerk IDENTIFIED VIA {CLERKS} OR {HACK}"]
    altered(instance, *(ways if instance.is_mariadb else RETAINED["hack is the second"]))
    assert enters(instance, "clerk", OWN) and enters(instance, "clerk", "hack")
    run(instance, wanted)
    assert enters(instance, "clerk", OWN) and not enters(instance, "clerk", "hack")
    assert evidence(instance, wanted).holds
    assert run(instance, wanted).plan == ()


def test_a_run_that_fails_puts_no_second_way_back(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor the password that was the first until then, which the same may have set."""
    tables(instance)
    run(instance, DECLARED["stays"])
    ways = [f"ALTER USER clerk IDENTIFIED VIA {HACK} OR {CLERKS}"]
    altered(instance, *(ways if instance.is_mariadb else RETAINED["hack is the first"]))
    with monkeypatch.context() as patched:
        patched.setattr(Run, "_opened", refused)
        with pytest.raises(ProofError):
            run(instance, DECLARED["stays"])
    assert enters(instance, "clerk", OWN) and not enters(instance, "clerk", "hack")


def refused(_: Run) -> tuple[str, ...]:
    """Once all but to open is done."""
    raise ProofError("app", ["as a test says"])


def words_of(summary: Summary) -> set[str]:
    return {words(change)[2] for change in summary.plan}


def lives(session: Connection) -> bool:
    try:
        return rows(session, "SELECT 1") == [(1,)]
    except pymysql.err.OperationalError:
        return False
