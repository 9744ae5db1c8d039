"""The master's password goes only to a server that has proven who it is, unless the operator says that less will do."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


REFUSED = {
    "an alias": {"PGHOST": "localhost"},
    "an address": {"PGHOST": "127.0.0.1"},
    "an address beside no host": {"PGHOSTADDR": "127.0.0.1"},
    "an address beside a socket": {"PGHOST": "/tmp", "PGHOSTADDR": "127.0.0.1"},
    "several hosts": {"PGHOST": "/tmp,localhost"},
    "an endpoint's look-alike": {
        "PGHOST": "app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com.example",
        "PGHOSTADDR": "127.0.0.1",
    },
}


@pytest.mark.parametrize("command", ["sync", "prove"])
@pytest.mark.parametrize("where", REFUSED)
def test_a_host_that_cannot_be_verified_gets_nothing(cli: Cli, where: str, command: str) -> None:
    del cli.variables["PGHOST"]
    with listening() as server:
        cli.env(PGPASSWORD="a secret", PGPORT=str(server.getsockname()[1]), **REFUSED[where])
        answer = cli.sync() if command == "sync" else cli.prove()
        assert not connected(server)
    assert answer.status == 1
    assert answer.err.count("its certificate can't be verified") == 1
    assert "a secret" not in answer.out + answer.err


@pytest.mark.parametrize("mode", ["prefer", "disable", "require"])
def test_the_operator_may_say_that_less_will_do(cli: Cli, mode: str) -> None:
    with listening() as server:
        cli.env(PGHOST="localhost", PGPORT=str(server.getsockname()[1]), PGSSLMODE=mode, PGCONNECT_TIMEOUT="2")
        cli.prove()
        assert connected(server)


@pytest.mark.parametrize(("mode", "reached"), [("", False), ("sslmode=disable\n", True)])
def test_a_service_file_may_too_but_not_by_saying_nothing(cli: Cli, tmp_path: Path, mode: str, reached: bool) -> None:
    with listening() as server:
        services = tmp_path / "services"
        services.write_text(f"[there]\nhost=localhost\nport={server.getsockname()[1]}\n{mode}")
        del cli.variables["PGHOST"], cli.variables["PGPORT"]
        cli.env(PGSERVICEFILE=str(services), PGSERVICE="there", PGCONNECT_TIMEOUT="2")
        cli.prove()
        assert connected(server) is reached


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A server that accepts a connection, and says nothing."""
    with socket.create_server(("localhost", 0)) as server:
        server.settimeout(0.3)
        yield server


def connected(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True
