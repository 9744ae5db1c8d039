"""A fleet on this machine: real servers behind a relay, which has a port for each cluster, and a file that names them."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database
from tests.reliability.fleet.relay import Relay

AUDITOR, PASSWORD = "auditor", "the-secret-of-the-auditor"
"""Looks at all clusters, and may connect and nothing else."""


@dataclass(frozen=True)
class Home:
    """A database that clusters of the fleet have."""

    server: Postgres
    name: str
    spec: Path

    def superuser(self) -> Any:
        return Database(self.server, self.name).superuser()


@dataclass
class Fleet:
    folder: Path
    homes: list[Home]
    clusters: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, int | None] = field(default_factory=dict)

    def add(self, name: str, home: Home, *, target: int | None = -1, password: str = PASSWORD, **said: Any) -> None:
        """A cluster. `target`: the server's port unless it is another one, or None for nobody who answers."""
        self.targets[name] = home.server.port if target == -1 else target
        known = {"spec": str(home.spec), "root_certificates": str(home.server.gate_authority.root)}
        self.clusters.append({"name": name, **known, "password": password, **said})

    @property
    def path(self) -> Path:
        return self.folder / "fleet.json"

    @contextmanager
    def up(self) -> Iterator[Relay]:
        """Within it the relay listens, and the file says where."""
        with Relay(self.targets) as relay:
            self.write(relay.ports)
            yield relay

    def write(self, ports: dict[str, int]) -> None:
        entries, passwords = [], []
        for cluster in self.clusters:
            port = ports[cluster["name"]]
            entry = {"tunnel": f"127.0.0.1:{port}", **cluster}
            passwords.append(f"*:{port}:*:*:{entry.pop('password')}\n")
            entries.append(entry)
        defaults = {"host": "localhost", "user": AUDITOR, "master": MASTER}
        self.path.write_text(json.dumps({"clusters": [{**defaults, **entry} for entry in entries]}))
        self.passwords.write_text("".join(passwords))
        self.passwords.chmod(0o600)

    @property
    def passwords(self) -> Path:
        return self.folder / "passwords"


def closed_port() -> int:
    """One that nobody listens on: it was this process's a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def homes(folder: Path, servers: int, databases: int) -> Iterator[list[Home]]:
    """So many databases on each of so many servers, each as a spec of its own says."""
    with ExitStack() as stack:
        running = [stack.enter_context(Postgres()) for _ in range(servers)]
        for server in running:
            _prepare(server)
        yield [_home(folder, server, f"app_{n}_{at}") for n in range(databases) for at, server in enumerate(running)]


def _prepare(server: Postgres) -> None:
    server.create_master(MASTER, iam=True, password=None, database="first")
    with server.connect() as connection:
        statement = SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(statement.format(Identifier(AUDITOR), Literal(PASSWORD)))


def _home(folder: Path, server: Postgres, name: str) -> Home:
    database, spec = Database(server, name), folder / f"{name}.json"
    with server.connect(MASTER) as connection:
        connection.execute(SQL("CREATE DATABASE {} STRATEGY file_copy").format(Identifier(name)))
    spec.write_text(json.dumps(_spec(name)))
    reconcile.converge(lambda: psycopg.connect(database.conninfo(MASTER)), AccessSpec.load(spec), name)
    with database.superuser() as connection:
        connection.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(name), Identifier(AUDITOR)))
    return Home(server, name, spec)


def _spec(name: str) -> dict[str, Any]:
    """Tiny, of roles of its own: what one spec manages is no other's."""
    grant = {"database": name, "schemas": ["s"], "access": "read_only"}
    return {
        "managed_by": f"fleet-{name.replace('_', '-')}",
        "databases": [{"name": name, "schemas": [{"name": "s", "owner": f"{name}_owner"}]}],
        "users": [{"username": f"{name}_reader", "grants": [grant]}],
        "acknowledged": [{"username": AUDITOR, "reason": "looks at all clusters"}],
    }
