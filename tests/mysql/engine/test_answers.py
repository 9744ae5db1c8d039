"""The proof asks the server, and not the tables that it read its grants from."""

from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows

WANTED = spec(user("worker", grant("foo", access="read_only")))


def test_a_right_that_only_the_server_knows_of_is_found(instance: Instance) -> None:
    """Its table has been written by hand since: a plan sees nothing, and the user can."""
    tables(instance)
    run(instance, WANTED)
    with instance.superuser() as root:
        ((profile,),) = rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%'")
        rows(root, f"GRANT UPDATE ON foo.* TO `{profile}`")
        rows(root, "UPDATE mysql.db SET Update_priv = 'N' WHERE User = %s", profile)
    assert planned(instance, WANTED).plan == ()
    assert ("UPDATE", "foo.event") in (can(instance, "worker") or ())
    assert "has UPDATE on `foo`.*" in "\n".join(evidence(instance, WANTED).violations)
    with instance.superuser() as root:
        rows(root, "FLUSH PRIVILEGES")
    assert evidence(instance, WANTED).holds


def test_a_right_that_only_the_table_has_is_missed(instance: Instance) -> None:
    tables(instance)
    run(instance, WANTED)
    with instance.superuser() as root:
        ((profile,),) = rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%'")
        rows(root, f"REVOKE SELECT ON foo.* FROM `{profile}`")
        host = "" if instance.is_mariadb else "%"
        rows(root, "INSERT INTO mysql.db (Host, Db, User, Select_priv) VALUES (%s, 'foo', %s, 'Y')", host, profile)
    assert planned(instance, WANTED).plan == ()
    assert "'worker' lacks SELECT on `foo`.*" in "\n".join(evidence(instance, WANTED).violations)
