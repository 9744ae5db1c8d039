"""RDS Proxy's own login comes in by PUBLIC's CONNECT: wherever PUBLIC is locked it gets CONNECT itself, and a proof, a
run and the watch see when it hasn't got it. Tried by logging in as it."""

import psycopg
import pytest

from db_access.errors import ProofError
from db_access.postgresql import reconcile
from db_access.postgresql.planning import steps
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, connect_as_master, converge, fingerprint, remove
from tests.database.engine import run as run_as

PROXY = "rdsproxyadmin"


def open_to_all() -> AccessSpec:
    properties = SAMPLE.as_properties()
    return AccessSpec.parse({**properties, "databases": [{**properties["databases"][0], "public": "open"}]})


@pytest.fixture
def with_proxy(database: Database) -> Database:
    """As after a proxy has registered the database as its target."""
    with database.superuser() as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [PROXY]).fetchone():
            connection.execute("CREATE ROLE rdsproxyadmin LOGIN")
    return database


def comes_in(database: Database) -> bool:
    try:
        return bool(run_as(database, PROXY, "SELECT 1"))
    except psycopg.OperationalError as error:
        assert "permission denied for database" in str(error)
        return False


def test_the_proxy_comes_in_where_public_is_locked_and_has_nothing_more(with_proxy: Database) -> None:
    converge(with_proxy)
    assert comes_in(with_proxy)
    ((connects, temp, uses),) = run_as(
        with_proxy,
        PROXY,
        "SELECT has_database_privilege('app', 'CONNECT'), has_database_privilege('app', 'TEMPORARY'),"
        " has_schema_privilege('foo', 'USAGE')",
    )
    assert (connects, temp, uses) == (True, False, False)


def test_a_second_run_plans_nothing_and_the_proof_holds(with_proxy: Database) -> None:
    converge(with_proxy)
    assert converge(with_proxy).changes == 0
    assert reconcile.prove(connect_as_master(with_proxy), SAMPLE, "app").holds


def test_a_proxy_that_comes_later_is_drift_until_the_next_run(database: Database) -> None:
    run_as(database, "rdsadmin", "DROP ROLE IF EXISTS rdsproxyadmin")
    converge(database)
    assert reconcile.prove(connect_as_master(database), SAMPLE, "app").holds
    run_as(database, "rdsadmin", "CREATE ROLE rdsproxyadmin LOGIN")
    evidence = reconcile.prove(connect_as_master(database), SAMPLE, "app")
    assert evidence.violations == ("'rdsproxyadmin' can't CONNECT on database app, and RDS logs in by it",)
    assert [type(change).__name__ for change in evidence.plan] == ["Grant"]
    converge(database)
    assert comes_in(database)


def test_what_somebody_takes_from_it_is_drift_and_given_back(with_proxy: Database) -> None:
    converge(with_proxy)
    run_as(with_proxy, "master", "REVOKE CONNECT ON DATABASE app FROM rdsproxyadmin")
    assert not comes_in(with_proxy)
    assert not reconcile.prove(connect_as_master(with_proxy), SAMPLE, "app").holds
    converge(with_proxy)
    assert comes_in(with_proxy)


def test_where_public_stays_open_nothing_is_granted(with_proxy: Database) -> None:
    converge(with_proxy, open_to_all())
    assert comes_in(with_proxy)
    run_as(with_proxy, "master", "REVOKE CONNECT ON DATABASE app FROM PUBLIC")
    assert not comes_in(with_proxy)
    assert converge(with_proxy, open_to_all()).changes == 0


def test_in_somebody_elses_database_a_proxy_that_comes_later_fails_no_run(database: Database) -> None:
    """Whose it is has to let it in, and the run says so."""
    run_as(database, "rdsadmin", "DROP ROLE IF EXISTS rdsproxyadmin")
    converge(database)
    theirs = ("CREATE ROLE dba", "ALTER DATABASE app OWNER TO dba", "GRANT CONNECT, CREATE ON DATABASE app TO master")
    run_as(database, "rdsadmin", *theirs)
    assert converge(database).changes == 0
    run_as(database, "rdsadmin", "CREATE ROLE rdsproxyadmin LOGIN")
    summary = converge(database)
    assert summary.changes == 0
    assert [said for said in summary.left if "GRANT CONNECT" in said and "rdsproxyadmin" in said], summary.left
    assert not reconcile.prove(connect_as_master(database), SAMPLE, "app").holds


@pytest.mark.parametrize(
    "by_hand",
    [
        "CREATE ROLE evil LOGIN; GRANT rdsproxyadmin TO evil",
        "CREATE ROLE evil LOGIN; CREATE ROLE team; GRANT rdsproxyadmin TO team; GRANT team TO evil",
        "GRANT CONNECT ON DATABASE app TO rdsproxyadmin WITH GRANT OPTION",
    ],
)
def test_who_comes_in_by_the_proxys_login_is_told(with_proxy: Database, by_hand: str) -> None:
    converge(with_proxy)
    run_as(with_proxy, "rdsadmin", *by_hand.split("; "))
    evidence = reconcile.prove(connect_as_master(with_proxy), SAMPLE, "app")
    assert not evidence.holds
    assert [said for said in evidence.outsiders if "rdsproxyadmin" in said], evidence


def test_deleting_the_access_leaves_the_proxy_in(with_proxy: Database) -> None:
    converge(with_proxy)
    remove(with_proxy)
    assert comes_in(with_proxy)


def test_without_the_grant_the_proof_refuses_before_commit(
    with_proxy: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof is of another kind than the plan: it asks PostgreSQL, whatever has been planned."""
    monkeypatch.setattr(steps, "service_changes", lambda *_: iter(()))
    with with_proxy.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(ProofError, match="'rdsproxyadmin' can't CONNECT on database app"):
            converge(with_proxy)
        assert fingerprint(connection) == before
