"""How accounts log in: by token or password, over TLS, so many at a time; and on a server without patterns."""

from collections.abc import Mapping
from typing import Any

import pymysql
import pytest

from db_access.errors import UnconfirmedError
from db_access.mysql.changes import Plan
from db_access.mysql.reconcile import converge
from db_access.mysql.state import Flavor, Server, Who
from db_access.mysql.translation import problems_on
from db_access.secrets import Secret
from keyless.rehearsal.servers.mysql.server import MySQL
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, master, planned, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:report-a1b2c3"
READS = user("report", grant("foo", access="read_only"))
BY_PASSWORD = {**READS, "auth_method": "password", "password_secret": ARN}


def converged(instance: Instance, given: Mapping[str, Any], password: str, version: str) -> Plan:
    def read(_: str) -> Secret:
        return Secret(password, version)

    return converge(master(instance), spec(given), timeouts=TIMEOUTS, read_secret=read).plan


def enters(instance: Instance, password: str) -> bool:
    try:
        instance.server.log_in("report", password).close()
    except pymysql.err.OperationalError as error:
        assert error.args[0] == 1045 or error.args[0] in (3118, 4151), error
        return False
    return True


def test_a_password_is_its_secrets_and_set_again_with_a_new_version(instance: Instance) -> None:
    tables(instance)
    converged(instance, BY_PASSWORD, "first", "1 of s")
    assert enters(instance, "first")
    assert converged(instance, BY_PASSWORD, "first", "1 of s") == ()
    converged(instance, BY_PASSWORD, "second", "2 of s")
    assert enters(instance, "second") and not enters(instance, "first")
    assert converged(instance, BY_PASSWORD, "second", "2 of s") == ()


def test_who_changes_to_iam_loses_its_password_and_back(instance: Instance) -> None:
    tables(instance)
    converged(instance, BY_PASSWORD, "first", "1 of s")
    run(instance, spec(READS))
    assert not enters(instance, "first")
    assert can(instance, "report") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
    converged(instance, BY_PASSWORD, "first", "1 of s")
    assert enters(instance, "first")


def test_without_its_secret_a_new_user_stays_locked_and_an_old_one_as_it_is(instance: Instance) -> None:
    unknown = {**READS, "auth_method": "password"}
    run(instance, spec(unknown))
    assert can(instance, "report") is None and not enters(instance, "")
    converged(instance, BY_PASSWORD, "first", "1 of s")
    run(instance, spec(unknown))
    assert enters(instance, "first")
    assert planned(instance, spec(unknown)).plan == ()


def test_nobody_logs_in_without_tls(instance: Instance) -> None:
    converged(instance, BY_PASSWORD, "first", "1 of s")
    instance.server.require_secure_transport(False)
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        pymysql.connect(
            host=instance.server.address, port=instance.server.port, user="report", password="first", ssl_disabled=True
        )


def test_a_user_has_as_many_sessions_as_the_spec_says(instance: Instance) -> None:
    run(instance, spec(user("few", connection_limit=2), user("rest"), user("all", connection_limit=-1)))
    sessions = [instance.log_in("few") for _ in range(2)]
    with pytest.raises(pymysql.err.OperationalError, match=r"max_user_connections|active connections"):
        instance.log_in("few")
    for session in sessions:
        session.close()
    with instance.superuser() as root:
        ((most,),) = rows(root, "SELECT @@max_connections")
        limits = dict(rows(root, "SELECT User, max_user_connections FROM mysql.user WHERE User IN ('rest', 'all')"))
    assert limits == {"rest": most - 5, "all": 0}
    told = planned(instance, spec(user("all", connection_limit=-1), user("few", connection_limit=most))).warnings
    assert [sentence for sentence in told if "'all' may take every connection" in sentence]
    assert [sentence for sentence in told if "'few' may take every connection" in sentence]


def test_who_is_disabled_has_nothing_and_comes_back_with_all(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    before = can(instance, "report")
    disabled = spec({**READS, "enabled": False})
    run(instance, disabled)
    assert can(instance, "report") is None
    assert evidence(instance, disabled).holds
    with instance.superuser() as root:
        granted = [line for (line,) in rows(root, "SHOW GRANTS FOR report@'%'")]
    assert [line for line in granted if "keyless/" not in line and "USAGE" not in line] == []
    run(instance, spec(READS))
    assert can(instance, "report") == before


def test_who_has_no_login_keeps_its_rights(instance: Instance) -> None:
    """It may be the definer of what others use."""
    tables(instance)
    run(instance, spec(READS))
    without = spec({**READS, "can_login": False})
    run(instance, without)
    assert can(instance, "report") is None
    assert evidence(instance, without).holds
    assert len(run(instance, spec(READS)).plan) == 1


def test_nothing_is_taken_that_nobody_has_confirmed(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    with pytest.raises(UnconfirmedError, match="the login of report"):
        run(instance, spec(), confirmed=())
    assert can(instance, "report") is not None
    run(instance, spec(), confirmed=planned(instance, spec()).plan)
    assert can(instance, "report") is None


def test_where_mysql_reads_schemas_as_patterns_they_are_escaped() -> None:
    """And a server that begins to, or ends, gets the other form with the next run."""
    wanted = spec(user("worker", grant("a_b", access="read_only")), schemas=("a_b",))
    with MySQL() as server, fresh(server) as instance:
        run(instance, wanted)
        with instance.superuser() as root:
            for statement in (
                "CREATE DATABASE axb",
                "CREATE TABLE axb.t (i INT)",
                "CREATE TABLE a_b.t (i INT)",
                "GRANT INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, LOCK TABLES, CREATE VIEW, CREATE ROUTINE, "
                "ALTER ROUTINE, EVENT, TRIGGER ON mysql.* TO rds_superuser_role",
                "SET GLOBAL partial_revokes = OFF",
            ):
                rows(root, statement)
        assert "a_b" in "\n".join(evidence(instance, wanted).violations)
        run(instance, wanted)
        with instance.log_in("worker") as session:
            assert rows(session, "SELECT * FROM a_b.t") == []
            with pytest.raises(pymysql.err.OperationalError, match="denied"):
                rows(session, "SELECT * FROM axb.t")
        assert evidence(instance, wanted).holds


def test_schemas_that_differ_in_case_alone_are_refused_where_the_server_folds_it() -> None:
    here = Server(Flavor.MYSQL, Who("admin", "%"), folds_case=True)
    assert "are one on this server" in next(problems_on(spec(schemas=("Foo", "foo")), here))
    assert list(problems_on(spec(schemas=("Foo", "foo")), Server(Flavor.MYSQL, Who("admin", "%")))) == []
