"""A server that keeps names of schemas and tables in lower case (lower_case_table_names=1, as RDS may be set to)."""

from collections.abc import Iterator

import pytest

from db_access.errors import PlanError
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL
from tests.mysql.engine.doing import can
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

READS = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})


@pytest.fixture(scope="module", params=[MariaDB, MySQL], ids=["mariadb", "mysql"])
def folding(request: pytest.FixtureRequest) -> Iterator[MariaDB | MySQL]:
    with request.param(folds_case=True) as server:
        yield server


@pytest.fixture
def instance(folding: MariaDB | MySQL) -> Iterator[Instance]:
    with fresh(folding) as made:
        yield made


def settled(instance: Instance, wanted: AccessSpec) -> None:
    summary = run(instance, wanted)
    assert summary.pending == ()
    assert planned(instance, wanted).plan == ()
    told = evidence(instance, wanted)
    assert told.holds, told
    assert run(instance, wanted).plan == ()


def made(instance: Instance) -> None:
    with instance.superuser() as root:
        assert rows(root, "SELECT @@lower_case_table_names") == [(1,)]
        for schema in ("Foo", "bar"):
            rows(root, f"CREATE DATABASE {schema}")
            rows(root, f"CREATE TABLE {schema}.Event (id INT PRIMARY KEY, v INT)")


def test_schemas_in_mixed_case_are_those_of_the_server(instance: Instance) -> None:
    made(instance)
    wanted = spec(
        user("reads", grant("FOO", access="read_only")),
        user("writes", grant("FOO", access="write_only", key_columns=["ID"])),
        user("only", grant("Bar", tables=["SELECT"], only=["Bar.EVENT"])),
        user("makes", grant("Bar", "FOO", access="owner")),
        user("member", groups=["Readers"]),
        schemas=("FOO", "Bar"),
        groups=[{"name": "Readers", "grants": [grant("FOO", access="read_only")]}],
    )
    settled(instance, wanted)
    assert can(instance, "reads") == can(instance, "member") == READS
    assert can(instance, "only") == frozenset({("SELECT", "bar.event"), ("key", "bar.event")})
    assert ("key", "foo.event") in (can(instance, "writes") or ()) and ("SELECT", "foo.event") not in (
        can(instance, "writes") or ()
    )
    assert len(can(instance, "makes") or ()) == 10


def test_a_missing_schema_is_made_once(instance: Instance) -> None:
    settled(instance, spec(user("u", grant("New_One", access="read_only")), schemas=("New_One",)))
    with instance.superuser() as root:
        assert ("new_one",) in rows(root, "SHOW DATABASES")


def test_a_spec_in_another_case_is_the_same(instance: Instance) -> None:
    made(instance)
    settled(instance, spec(user("u", grant("FOO", access="read_write")), schemas=("FOO",)))
    settled(instance, spec(user("u", grant("foo", access="read_write")), schemas=("foo",)))
    settled(instance, spec(user("u", grant("foo", access="read_only")), schemas=("foo",)))
    assert can(instance, "u") == READS


def test_two_schemas_that_are_one_there_are_refused(instance: Instance) -> None:
    made(instance)
    wanted = spec(user("u", grant("foo", access="read_only")), schemas=("foo", "FOO"))
    with pytest.raises(PlanError, match=r"schemas 'foo' and 'FOO' are one on this server \(lower_case_table_names\)"):
        run(instance, wanted)
    assert any("are one on this server" in one for one in evidence(instance, wanted).conflicts)


def test_two_tables_that_are_one_there_are_one(instance: Instance) -> None:
    made(instance)
    both = grant("foo", tables=["SELECT"], only=["foo.event", "foo.EVENT"])
    settled(instance, spec(user("u", both), schemas=("foo",)))
    assert can(instance, "u") == READS


def test_what_somebody_grants_there_in_another_case_is_found(instance: Instance) -> None:
    made(instance)
    wanted = spec(user("u", grant("Foo", access="read_only")), schemas=("Foo",))
    settled(instance, wanted)
    with instance.superuser() as root:
        rows(root, "GRANT UPDATE ON FOO.EVENT TO u")
        rows(root, "GRANT DELETE ON FOO.* TO u")
        rows(root, "CREATE USER stranger IDENTIFIED BY 'p'")
        rows(root, "GRANT SELECT ON FOO.Event TO stranger")
    told = evidence(instance, wanted)
    assert {"UPDATE", "DELETE"} <= {each for change in told.plan for each in getattr(change, "privileges", ())}
    assert any("'stranger'" in one for one in told.outsiders), told.outsiders
    run(instance, wanted)
    assert can(instance, "u") == READS


def test_who_leaves_loses_it(instance: Instance) -> None:
    made(instance)
    settled(instance, spec(user("u", grant("Foo", access="read_only")), schemas=("Foo",)))
    settled(instance, spec(schemas=("Foo",)))
    assert can(instance, "u") is None
