"""RDS Proxy's own login: it lives on PUBLIC's CONNECT, and where it can't come in nobody gets through the proxy."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.endpoints.proxy.settings import Credentials, ProxySettings, SecretAuth
from tests.conftest import Database
from tests.database.engine import converge
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import KEEPER, PASSWORD, World, running_world

UNAVAILABLE = "FATAL:  This RDS proxy is unavailable for the database app."
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keeper-AbCdEf"

WANTED = AccessSpec.parse(
    {
        "version": 1,
        "databases": [{"name": "app"}],
        "users": [{"username": USER, "auth_method": "iam", "databases": ["app"], "adopt": True}],
    }
)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """PUBLIC is locked out of the database; the users keep their CONNECT."""
    with running_world(database, tmp_path) as running:
        running.secrets[ARN] = Credentials(KEEPER, PASSWORD)
        running.proxy_settings = ProxySettings(require_tls=True, secrets=(SecretAuth(ARN, iam=False),))
        as_master(
            running,
            "REVOKE CONNECT ON DATABASE app FROM PUBLIC",
            "GRANT CONNECT ON DATABASE app TO lambda_writer, keeper",
        )
        yield running


def as_master(world: World, *statements: str) -> None:
    with world.database.connect() as master:
        for statement in statements:
            master.execute(statement.encode())


def refusal(world: World, user: str = USER) -> str:
    """The reason on record."""
    with pytest.raises(psycopg.OperationalError) as refused:
        world.enter(world.proxy, PASSWORD if user == KEEPER else None, user)
    assert UNAVAILABLE in str(refused.value)
    return world.last_event(world.proxy).reason


@pytest.mark.parametrize("user", [USER, KEEPER])
def test_without_connect_the_proxy_is_unavailable_to_everybody(world: World, user: str) -> None:
    assert refusal(world, user) == (
        'the database refused the proxy\'s own login rdsproxyadmin: permission denied for database "app"'
    )
    assert world.sessions(user) == 0


def test_aws_s_grant_brings_it_back(world: World) -> None:
    refusal(world)
    as_master(world, "GRANT CONNECT ON DATABASE app TO rdsproxyadmin")
    assert world.enter(world.proxy) == USER


def test_the_engine_grants_it_wherever_it_locks_public(world: World) -> None:
    refusal(world)
    converge(world.database, WANTED)
    assert world.enter(world.proxy) == USER


def test_who_goes_straight_to_the_database_is_not_concerned(world: World) -> None:
    assert world.enter(world.cluster) == USER


def test_another_database_is_not_concerned(world: World) -> None:
    as_master(world, "CREATE DATABASE open")
    assert world.enter(world.proxy, dbname="open") == USER


def test_a_database_that_is_not_there_is_the_databases_own_to_say(world: World) -> None:
    with pytest.raises(psycopg.OperationalError, match='database "nowhere" does not exist'):
        world.enter(world.proxy, dbname="nowhere")


@pytest.mark.parametrize(
    "change",
    ["ALTER ROLE rdsproxyadmin NOLOGIN", "ALTER ROLE rdsproxyadmin PASSWORD 'another'", "DROP ROLE rdsproxyadmin"],
)
def test_who_tampers_with_the_login_makes_the_proxy_unavailable(world: World, change: str) -> None:
    as_master(world, "GRANT CONNECT ON DATABASE app TO rdsproxyadmin")
    with world.database.superuser() as connection:
        if change.startswith("DROP"):
            connection.execute("DROP OWNED BY rdsproxyadmin")
        connection.execute(change.encode())
    assert "own login rdsproxyadmin" in refusal(world)


def test_the_login_is_a_member_of_nothing_and_nobody_knows_its_password(world: World) -> None:
    with world.database.superuser() as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls, "
            "(SELECT count(*) FROM pg_auth_members WHERE a.oid IN (roleid, member)), "
            "rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid AS a WHERE rolname = 'rdsproxyadmin'"
        ).fetchone()
    assert row == (False, 0, True)
