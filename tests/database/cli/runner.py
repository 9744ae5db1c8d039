"""Runs the `keyless` command as a shell does: settings in the environment, results in status, stdout and stderr."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.cli.command import main
from tests.conftest import MASTER, Database

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "tests/sample_access.yaml"


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """The command, connecting to the test's database as its master by the private socket, unless `env` changes that."""

    database: Database
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    """Environment variables of the command only, not of the test's own connections."""

    def __post_init__(self) -> None:
        self.env(PGHOST=str(self.database.server.folder), PGPORT=str(self.database.server.port), PGUSER=MASTER)

    def env(self, **variables: str) -> None:
        self.variables.update(variables)

    @property
    def environment(self) -> dict[str, str]:
        """For a process of its own."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        roots = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
        return {**others, "PYTHONPATH": roots, **self.variables}

    def __call__(self, *arguments: str | Path) -> Answer:
        self.capsys.readouterr()
        with self.patch.context() as patch:
            for name in [name for name in os.environ if name.startswith("PG")]:
                patch.delenv(name)
            for name, value in self.variables.items():
                patch.setenv(name, value)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as stop:
                status = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return Answer(status, out, err)

    def sync(self, *arguments: str | Path, config: Path = CONFIG) -> Answer:
        """There is no terminal to ask on, and a dry run doesn't ask."""
        yes = () if "--dry-run" in arguments else ("--yes",)
        return self("sync", *yes, "--config", config, *arguments)

    def prove(self, *arguments: str | Path, config: Path = CONFIG) -> Answer:
        return self("prove", "--config", config, *arguments)

    def process(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """The command in a process of its own; the caller ends it."""
        command = [sys.executable, "-m", "keyless", *map(str, arguments)]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def write(self, spec: AccessSpec) -> Path:
        """A file with the spec."""
        path = self.folder / "access.json"
        path.write_text(json.dumps(spec.as_properties()), encoding="utf-8")
        return path
