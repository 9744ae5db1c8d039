"""A database to log in to: a real PostgreSQL behind the stand-in of its IAM authentication, at a proxy's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.sql import SQL, Identifier

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres
from keyless_client import trust_roots

HOST: Final = "bench.proxy-0a1b2c3d4e5f.eu-central-1.rds.amazonaws.com"
USER: Final = "lambda_writer"
_KEY: Final = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE123456789",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "a" * 900,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""With a session token about as long as a function's."""


@dataclass(frozen=True)
class Place:
    address: str
    roots: Path
    """The proxy's real ones, and the stand-in's."""

    @property
    def environment(self) -> dict[str, str]:
        """A function's."""
        return {
            **_KEY,
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PGHOST": HOST,
            "PGPORT": "5432",
            "PGUSER": USER,
            "PGDATABASE": "postgres",
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.roots),
            "PGGSSENCMODE": "disable",
            "HOME": "/nonexistent",
        }


@contextmanager
def a_place(folder: Path) -> Iterator[Place]:
    (address,) = free_loopback_addresses(1)
    authority = Authority(folder, "bench")
    roots = folder / "roots.pem"
    roots.write_bytes(trust_roots(HOST).read_bytes() + authority.root.read_bytes())
    with Postgres() as server:
        with server.connect() as superuser:
            superuser.execute(SQL("CREATE ROLE {} LOGIN IN ROLE rds_iam").format(Identifier(USER)))
        gate = Gate(
            Endpoint(HOST, "prx-0bench", address),
            server,
            certificate=authority.server(HOST),
            roots=authority.root,
            judge=_any_token,
            settings=lambda: GateSettings(force_ssl=True, iam_enabled=True),
            events=Events(),
        )
        with Endpoints(gate):
            yield Place(address, roots)


def _any_token(*, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
    """What is measured is the client: its own tests judge its tokens."""
    return Verdict(token.startswith(f"{host}:{port}/?"), user, "")
