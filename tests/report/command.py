"""`keyless report` in a process of its own, as a shell runs it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import MASTER, Database
from tests.database.cli.runner import ROOT


def report(database: Database, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    roots = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
    where = {"PGHOST": str(database.server.folder), "PGPORT": str(database.server.port), "PGUSER": MASTER}
    return subprocess.run(
        [sys.executable, "-m", "keyless", "report", *map(str, arguments)],
        env={**others, "PYTHONPATH": roots, **where},
        capture_output=True,
        text=True,
        check=False,
    )
