"""The function makes a declared database that isn't there: with its token, over TLS, as everything it does; and logs
what to know."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from db_access import handler
from db_access.errors import AccessError
from tests.conftest import Database
from tests.database.engine import run
from tests.deployed import deploy
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
MASTER = "keeper"
SPEC = {
    "databases": [{"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
    "users": [
        {
            "username": "writer",
            "auth_method": "none",
            "grants": [{"database": "second", "schemas": ["foo"], "tables": ["INSERT"], "only": ["foo.later"]}],
        }
    ],
}

Look = Callable[[str, str], list[tuple[Any, ...]]]


@pytest.fixture
def look(database: Database) -> Look:
    """Run a statement as the superuser, past the function's environment."""

    def looked(name: str, statement: str) -> list[tuple[Any, ...]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("PGHOSTADDR", raising=False)
            return run(Database(database.server, name=name), "rdsadmin", statement)

    return looked


@pytest.fixture
def function(database: Database, endpoint: Endpoint, look: Look, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """The function's environment. This server asks its gate about tokens of rds_iam's members, so this master is
    none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PGHOSTADDR")
        database.server.create_master(MASTER, iam=False, password=None, database="kept")
    endpoint.accept(MASTER)
    deploy(monkeypatch, SPEC)
    for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1", "CONNECT_SECONDS": "5"}.items():
        monkeypatch.setenv(name, value)
    yield look
    for name in ("second", "kept"):
        look("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # before its owner goes


def call() -> Any:
    event = {
        "RequestType": "Create",
        "ResourceProperties": {"Database": "second", "Cluster": "cluster-1", "Spec": SPEC},
    }
    return handler.on_event(event, None)["Data"]["Changes"]


def test_a_missing_database_is_made_by_the_function_once_and_converged(function: Look) -> None:
    assert call() > 1
    assert function("postgres", "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'second'") == [(MASTER,)]
    assert function(
        "second",
        "SELECT has_schema_privilege('writer', 'foo', 'USAGE'), has_database_privilege('writer', 'second', 'CONNECT')",
    ) == [(True, True)]
    assert call() == 0


def test_a_master_that_may_make_none_fails_the_request_with_postgresqls_words(function: Look) -> None:
    function("postgres", f"ALTER ROLE {MASTER} NOCREATEDB")
    with pytest.raises(
        AccessError,
        match=r"database 'second' is declared and missing, and could not be made: permission denied to create "
        r"database \(42501\)",
    ):
        call()
    assert function("postgres", "SELECT FROM pg_database WHERE datname = 'second'") == []


def test_what_is_pending_and_what_to_know_is_in_the_log(function: Look, caplog: pytest.LogCaptureFixture) -> None:
    call()
    function("postgres", "CREATE ROLE team; GRANT app_owner TO team")
    caplog.clear()
    assert call() == 0
    logged = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [sentence.partition(", which")[0] for sentence in logged] == [
        "foo.later",
        "role 'master'",  # another one, for the function's is `keeper`
        "role 'team'",
        "databases 'app', 'kept', 'postgres', 'template1'",
    ]
