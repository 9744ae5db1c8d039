"""A database with everything that a page must stand, the page that `keyless report` makes of it, and what a browser
sees there: made once, for they take seconds. The database is gone by then."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import fresh_database
from tests.database.cli.runner import ROOT
from tests.database.engine import SAMPLE, converge, make_tables, run, spec
from tests.report.command import report
from tests.report.files import EVIDENCE, HISTORY, assembly

BROWSER = ROOT / "tests/report/browser"
SCRIPT, LONG, ODD = "</script><img src=x onerror=alert(1)>", "x" * 63, "\u05e9\u05dc\u05d5\u05dd\u202e'\"\n\x1b[31m&lt;"
HOSTILE = (SCRIPT, LONG, ODD)
_SECONDS = 240


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


BOTH = spec(
    databases=[
        *SAMPLE.as_properties()["databases"],
        {"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]},
    ]
)
_MADE = (
    "CREATE ROLE readers",
    "CREATE ROLE ana LOGIN IN ROLE readers",
    *(f"CREATE ROLE {quoted(name)} LOGIN IN ROLE readers" for name in HOSTILE),
    *(f"CREATE ROLE robot_{number} LOGIN IN ROLE readers" for number in range(6)),
    "GRANT CONNECT ON DATABASE app TO readers",
    "GRANT USAGE ON SCHEMA foo, bar TO readers",
    "GRANT SELECT ON foo.event TO readers",
    "CREATE TABLE foo.extra (id int)",
    "CREATE VIEW foo.recent AS SELECT * FROM bar.audit",
    "GRANT SELECT ON foo.recent TO readers",
    "GRANT SELECT ON foo.event TO lambda_writer",
    *(f"CREATE SCHEMA {quoted(name)}" for name in HOSTILE),
    "CREATE DATABASE second OWNER master",
    f"CREATE TABLE {quoted(SCRIPT)}.{quoted(ODD)} (id int)",
)


@pytest.fixture(scope="session")
def page(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    page = folder / "report.html"
    (folder / "verify.json").write_text(json.dumps(EVIDENCE))
    (folder / "rehearsal.json").write_text(json.dumps({"lines": EVIDENCE["lines"]}))
    (folder / "drift.json").write_text(HISTORY)
    (folder / "access.json").write_text(json.dumps(BOTH.as_properties()))
    with fresh_database(postgres) as database:
        converge(database)
        make_tables(database)
        run(database, "rdsadmin", *_MADE)
        evidence = ("--evidence", folder / "verify.json", "--evidence", folder / "rehearsal.json")
        options = (*evidence, "--assembly", assembly(folder), "--history", folder / "drift.json")
        answer = report(database, "--config", folder / "access.json", "--to", page, *options)
        assert answer.returncode == 2, answer.stderr
    return page


@dataclass(frozen=True)
class Seen:
    """What a browser saw (browser/look.mjs), and its PDF."""

    found: dict[str, Any]
    pdf: bytes

    def __getitem__(self, name: str) -> Any:
        return self.found[name]


@pytest.fixture(scope="session")
def seen(page: Path) -> Seen:
    folder = page.parent / "seen"
    folder.mkdir()
    looked = subprocess.run(
        ["node", BROWSER / "look.mjs", page, folder],
        env={**os.environ, "TMPDIR": str(folder)},  # where the browser is unpacked: other tests may do the same
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert looked.returncode == 0, looked.stderr
    return Seen(json.loads(looked.stdout), (folder / "page.pdf").read_bytes())
