"""The servers of the MySQL family are RDS-like, and tests find each as if nobody had been there."""

import pymysql
import pytest

from keyless.rehearsal.servers.mysql.server import Server
from tests.mysql.servers import PASSWORD, Instance, fresh, rows


def test_the_master_is_no_superuser(instance: Instance) -> None:
    with instance.connect() as master:
        for forbidden in (
            "SET GLOBAL max_connections = 5",
            "CREATE USER bad@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'XXX'",
            "INSERT INTO mysql.db (host, db, user) VALUES ('%', 'app', 'x')"
            if not instance.is_mariadb
            else "GRANT SUPER ON *.* TO admin",
        ):
            with pytest.raises(pymysql.Error):
                rows(master, forbidden)


def test_the_master_makes_accounts_that_log_in_by_token_and_none_of_them_by_anything_else(instance: Instance) -> None:
    with instance.connect() as master:
        rows(master, "CREATE USER app@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL")
    with instance.log_in("app") as session:
        assert rows(session, "SELECT CURRENT_USER()") == [("app@%",)]
    key = instance.server.key
    for other in ("", "RDS", key[:-1], key + "0", key.upper() + "x", "0" * len(key)):
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            instance.server.log_in("app", other)


def test_the_master_ends_a_session_by_rdss_procedure(instance: Instance) -> None:
    with instance.connect() as master:
        rows(master, "CREATE USER app@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'")
        with instance.log_in("app") as session:
            ((number,),) = rows(session, "SELECT CONNECTION_ID()")
            rows(master, "CALL mysql.rds_kill(%s)", number)
            with pytest.raises(pymysql.OperationalError):
                rows(session, "SELECT 1")


def test_nobody_logs_in_without_tls_unless_that_is_allowed(instance: Instance) -> None:
    server = instance.server

    def in_clear_text() -> pymysql.Connection:
        login = {"user": instance.master, "password": PASSWORD}
        return pymysql.connect(host=server.address, port=server.port, ssl_disabled=True, **login)

    with pytest.raises(pymysql.OperationalError, match=r"require_secure_transport|Access denied"):
        in_clear_text()
    server.require_secure_transport(False)
    in_clear_text().close()


def test_the_owner_logs_in_by_the_private_socket_only(instance: Instance) -> None:
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        instance.server.log_in("rdsadmin", "")
    with instance.superuser() as owner:
        assert rows(owner, "SELECT CURRENT_USER()") == [("rdsadmin@localhost",)]


def test_nothing_of_a_test_is_left(family: Server) -> None:
    def found() -> list[list[tuple[object, ...]]]:
        with family.connect() as owner:
            asked = ("SHOW DATABASES", "SELECT user, host FROM mysql.user ORDER BY 1, 2", "SELECT @@max_connections")
            return [
                rows(owner, question)
                for question in (*asked, "SELECT @@require_secure_transport, COUNT(*) FROM mysql.db")
            ]

    before = found()
    with fresh(family) as instance, instance.superuser() as owner:
        for made in (
            "CREATE DATABASE `a``b`",
            "CREATE USER ''@'localhost'",
            "CREATE USER `o'dd`@'10.%'",
            "CREATE ROLE grp",
            "GRANT SELECT ON app.* TO grp",
            "SET GLOBAL max_connections = 17",
            "SET GLOBAL require_secure_transport = OFF",
            *(["GRANT SELECT ON app.* TO PUBLIC"] if instance.is_mariadb else []),
        ):
            rows(owner, made)
        session = instance.connect()
    assert found() == before
    with pytest.raises(pymysql.Error):
        rows(session, "SELECT 1")
    session.close()
