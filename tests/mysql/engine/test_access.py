"""What a spec's words let its users do, seen by logging in as they are."""

from pathlib import Path

import pymysql
import pytest

from db_access.spec import AccessSpec
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows

APP = Path(__file__).parents[3] / "tests/app/config/access.yaml"
TABLES = (
    "CREATE DATABASE IF NOT EXISTS foo",
    "CREATE DATABASE IF NOT EXISTS bar",
    "CREATE TABLE foo.event (id INT PRIMARY KEY, v INT)",
    "CREATE TABLE bar.lookup (id INT PRIMARY KEY, v INT)",
)
ASKED = {
    "SELECT": "SELECT * FROM {}",
    "INSERT": "INSERT INTO {} VALUES (2, 2)",
    "UPDATE": "UPDATE {} SET v = 2",
    "DELETE": "DELETE FROM {}",
    "CREATE": "CREATE TABLE {}_new (id INT)",
    "DROP": "DROP TABLE {}_new",
}


def made(instance: Instance) -> None:
    with instance.superuser() as root:
        for statement in TABLES:
            rows(root, statement)


def can(instance: Instance, name: str, table: str, what: str) -> bool:
    try:
        with instance.log_in(name) as session:
            rows(session, ASKED[what].format(table))
    except pymysql.err.OperationalError as error:
        assert error.args[0] in (1044, 1142, 1143, 1370), error
        return False
    return True


@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        ("read_only", {"SELECT"}),
        ("append_only", {"INSERT"}),
        ("write_only", {"INSERT", "UPDATE", "DELETE"}),
        ("read_write", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("owner", {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE"}),
    ],
)
def test_a_preset_lets_a_user_do_what_it_says_and_nothing_else(
    instance: Instance, access: str, allowed: set[str]
) -> None:
    made(instance)
    wanted = spec(user("worker", grant("foo", access=access)))
    run(instance, wanted)
    found = {what for what in ASKED if can(instance, "worker", "foo.event", what)}
    assert found == allowed
    assert not can(instance, "worker", "bar.lookup", "SELECT")
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()


def test_a_new_apps_spec_lets_its_migrator_make_everything_and_drop_no_schema(instance: Instance) -> None:
    wanted = AccessSpec.load(APP)
    run(instance, wanted)
    with instance.log_in("migrator") as session:
        for statement in (
            "CREATE TABLE foo.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT, KEY (v))",
            "CREATE TABLE bar.t (id INT PRIMARY KEY, r INT, FOREIGN KEY (r) REFERENCES foo.t (id))",
            "ALTER TABLE foo.t ADD w INT",
            "CREATE INDEX i ON foo.t (w)",
            "CREATE VIEW foo.v AS SELECT * FROM foo.t",
            "CREATE PROCEDURE foo.p() SELECT 1",
            "CALL foo.p()",
        ):
            rows(session, statement)
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            rows(session, "DROP DATABASE foo")
    with instance.log_in("lambda_writer") as session:
        rows(session, "INSERT INTO foo.t (v) VALUES (1)")
    seen = evidence(instance, wanted)
    assert seen.holds
    assert "procedure foo.p, view foo.v run with the rights of migrator@%" in "\n".join(seen.warnings)
