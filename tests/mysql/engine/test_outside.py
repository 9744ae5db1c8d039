"""Rights that belong to no account, and those by which others can come to everything."""

import pytest

from db_access.errors import PlanError
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

WANTED = spec(user("r", grant("foo", access="read_only")))
OF_NO_ACCOUNT = {
    "schema": ("INSERT INTO mysql.db (Host, Db, User, Select_priv) VALUES ('127.0.0.1', 'bar', '{}', 'Y')", "db"),
    "table": (
        "INSERT INTO mysql.tables_priv (Host, Db, User, Table_name, Grantor, Table_priv) "
        "VALUES ('127.0.0.1', 'bar', '{}', 'event', '', 'Select')",
        "tables_priv",
    ),
}


@pytest.mark.parametrize("kind", OF_NO_ACCOUNT)
def test_rights_of_a_host_without_an_account_are_everybodys_of_that_name(mariadb: MariaDB, kind: str) -> None:
    insert, table = OF_NO_ACCOUNT[kind]
    with fresh(mariadb) as instance, instance.superuser() as root:
        tables(instance)
        run(instance, WANTED)
        rows(root, "CREATE USER bob IDENTIFIED BY 'x'")
        for name in ("r", "bob"):
            rows(root, insert.format(name))
        rows(root, "FLUSH PRIVILEGES")
        try:
            assert ("SELECT", "bar.event") in (can(instance, "r") or ())
            found = evidence(instance, WANTED)
            assert [one for one in found.conflicts if "'r'@'127.0.0.1'" in one and table in one]
            assert [one for one in found.outsiders if "'bob'@'%'" in one and "SELECT on `bar`" in one]
            with pytest.raises(PlanError, match="and no account"):
                run(instance, WANTED)
        finally:
            rows(root, f"DELETE FROM mysql.{table} WHERE Host = '127.0.0.1'")
            rows(root, "FLUSH PRIVILEGES")
        rows(root, "DROP USER bob")
        assert evidence(instance, WANTED).holds


@pytest.mark.parametrize(
    "given",
    [
        "INSERT, UPDATE ON mysql.*",
        "UPDATE ON mysql.db",
        "PROXY ON admin@'%'",
    ],
)
def test_who_could_come_to_everything_is_an_outsider(instance: Instance, given: str) -> None:
    run(instance, WANTED)
    with instance.superuser() as root:
        rows(root, "CREATE USER bob IDENTIFIED BY 'x'")
        assert evidence(instance, WANTED).holds
        rows(root, f"GRANT {given} TO bob")
    found = evidence(instance, WANTED)
    (told,) = found.outsiders
    assert "'bob'@'%'" in told and ("GRANT PROXY" in told or "mysql" in told or "my%" in told)
    known = spec(user("r", grant("foo", access="read_only")), acknowledged=[{"username": "bob", "reason": "a test"}])
    assert evidence(instance, known).holds and told in evidence(instance, known).warnings
