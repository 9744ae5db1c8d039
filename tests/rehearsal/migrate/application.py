"""The application of client.py, as a test has it beside the steps of a migration."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.database.cli.runner import ROOT
from tests.rehearsal.endpoints.roles import REGION, Role
from tests.rehearsal.endpoints.world import World

PASSWORD = "correct horse battery"
SECONDS = 60.0
ROWS = 10


@dataclass
class Application:
    process: "subprocess.Popen[str]"
    rows: list[dict[str, Any]] = field(default_factory=list)
    """That it was told are committed."""
    errors: list[str] = field(default_factory=list)

    def logs_in_as(self, user: str) -> None:
        """From its next row on; returns once it has written as that one."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{user}\n")
        self.process.stdin.flush()
        self.writes_on(user)

    def writes_on(self, user: str) -> None:
        """Wait until it has written some more rows, as `user`."""
        seen = len(self.rows)
        deadline = time.monotonic() + SECONDS
        while sum(row["user"] == user for row in self.rows[seen:]) < ROWS:
            assert self.process.poll() is None and time.monotonic() < deadline, (self.rows[-1:], self.errors)
            time.sleep(0.01)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if "row" in said:
                self.rows.append(said)
            else:
                self.errors.append(said["error"])


@contextmanager
def application(world: World, role: Role, user: str) -> Iterator[Application]:
    """At work as `user`; ended, with everything read that it said, at the end."""
    command = [sys.executable, str(Path(__file__).with_name("client.py"))]
    environment = _environment(world, role)
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        app = Application(process)
        reader = threading.Thread(target=app.read)
        reader.start()
        try:
            app.logs_in_as(user)
            yield app
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(SECONDS) == 0
        finally:
            process.kill()
            process.wait()
            reader.join()


def _environment(world: World, role: Role) -> dict[str, str]:
    key = role.credentials.get_frozen_credentials()
    others = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AWS_"))}
    return {
        **others,
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client")),
        "PGHOST": world.cluster.host,
        "PGHOSTADDR": world.cluster.address,
        "PGPORT": str(world.cluster.port),
        "PGDATABASE": world.database.name,
        "PGSSLROOTCERT": str(world.authority.root),
        "PASSWORD_OF_REPORT": PASSWORD,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": str(key.access_key),
        "AWS_SECRET_ACCESS_KEY": str(key.secret_key),
        "AWS_SESSION_TOKEN": str(key.token),
    }
