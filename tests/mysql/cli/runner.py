"""Runs the `keyless` command on a server of the MySQL family, as its master."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.cli.command import main
from keyless_client import secret
from tests.mysql.servers import Instance

_OTHERS = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "POSTGRES_HOST")


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
    """By the variables of MySQL's own programs, unless `env` changes that."""

    instance: Instance
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        server = self.instance.server
        self.env(
            MYSQL_HOST="localhost",
            MYSQL_TCP_PORT=str(server.port),
            MYSQL_USER=self.instance.master,
            MYSQL_PWD=self.instance.password,
            MYSQL_SSL_CA=str(server.root_certificate),
        )
        self.patch.setattr(secret, "_passwords", {})

    def env(self, **variables: str) -> None:
        self.variables.update(variables)

    def __call__(self, *arguments: str | Path) -> Answer:
        self.capsys.readouterr()
        with self.patch.context() as patch:
            for name in _OTHERS:
                patch.delenv(name, raising=False)
            for name, value in self.variables.items():
                patch.setenv(name, value)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as stop:
                status = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return Answer(status, out, err)

    def file(self, spec: AccessSpec) -> Path:
        path = self.folder / "access.yaml"
        path.write_text(json.dumps(spec.as_properties()))
        return path
