"""A server of the MySQL family behind an endpoint that judges tokens, and the environment of a workload that may log in
there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mysql.servers import Instance, rows
from tests.rehearsal.endpoints.mysql.world import World, running_world
from tests.rehearsal.endpoints.roles import REGION, USER


@contextmanager
def reached(
    instance: Instance, folder: Path, patch: pytest.MonkeyPatch, *rights: str, database: str = "app"
) -> Iterator[World]:
    """`rights`: of the workload's user, as GRANT has them."""
    with running_world(instance, folder) as world:
        with instance.superuser() as owner:
            for right in rights:
                rows(owner, f"GRANT {right} TO {USER}@'%'")
        for name, value in _environment(world, folder, database).items():
            patch.setenv(name, value)
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
            patch.delenv(f"AWS_{name}", raising=False)
        patch.delenv("DB_SECRET_ARN", raising=False)
        real = socket.getaddrinfo
        patch.setattr(
            socket,
            "getaddrinfo",
            lambda name, *a, **o: real(world.cluster.address if name == world.cluster.host else name, *a, **o),
        )
        yield world


def _environment(world: World, folder: Path, database: str) -> dict[str, str]:
    """The grant's settings, and where the instance's role is."""
    key = world.writer.credentials
    file = folder / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id={key.access_key}\naws_secret_access_key={key.secret_key}\n"
        f"aws_session_token={key.token}\n"
    )
    return {
        "MYSQL_HOST": world.cluster.host,
        "MYSQL_TCP_PORT": str(world.cluster.port),
        "MYSQL_USER": USER,
        "MYSQL_DATABASE": database,
        "MYSQL_SSL_CA": str(world.authority.root),
        "AWS_REGION": REGION,
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "DB_LOGIN_SECONDS": "0",
    }
