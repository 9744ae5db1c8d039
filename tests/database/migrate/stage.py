"""A database with a password user whose place an IAM user is to take, and the command on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.database.cli.runner import Answer, Cli
from tests.database.engine import make_tables, run

OLD, NEW = "report", "report_iam"
SPEC = """\
# The databases of the shop.
version: 1
databases:
  - name: app
    schemas:
      - {name: foo, owner: app_owner}
      - {name: bar, owner: app_owner}
      - {name: ops, owner: app_owner}

groups:
  - name: readers   # of everything
    grants:
      - {database: app, schemas: [foo], access: read_only}

users:
  # who makes the tables
  - username: migrator
    connection_limit: 5
    grants:
      - {database: app, schemas: [foo, bar, ops], access: owner}
  - username: report          # the nightly one
    auth_method: password
    valid_until: 2031-01-01T00:00:00Z
    connection_limit: 4
    settings: {statement_timeout: 30s}
    groups: [readers]
    description: nightly reports
    grants:
      - {database: app, schemas: [bar], access: write_only, key_columns: [id]}
# what comes after the users stays there
"""


@dataclass(frozen=True)
class Stage:
    cli: Cli
    spec: Path

    @property
    def database(self) -> Database:
        return self.cli.database

    def __call__(self, step: str, *arguments: str, user: str | None = OLD) -> Answer:
        who = [] if user is None else [user]
        return self.cli("migrate", step, *who, "--config", self.spec, *arguments)

    def made(self, step: str, *arguments: str) -> Answer:
        """The step, made in the file and in the database."""
        answer = self(step, "--sync", "--yes", *arguments)
        assert answer.status == 0, (answer.out, answer.err)
        return answer

    @property
    def text(self) -> str:
        return self.spec.read_text(encoding="utf-8")

    def logs_in(self, name: str) -> bool | None:
        """None where there is no such role."""
        rows = run(self.database, "rdsadmin", f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{name}'")
        return rows[0][0] if rows else None

    def by_hand(self, *statements: str) -> list[tuple[Any, ...]]:
        return run(self.database, "rdsadmin", *statements)

    @contextmanager
    def session(self, name: str) -> "Iterator[psycopg.Connection[Any]]":
        with self.database.connect(name) as connection:
            yield connection


def on_stage(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> Stage:
    spec = folder / "access.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    stage = Stage(Cli(database, monkeypatch, capsys, folder), spec)
    assert stage.cli.sync(config=spec).status == 0
    make_tables(database)
    assert stage.cli.sync(config=spec).status == 0
    return stage
