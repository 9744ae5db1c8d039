"""A deployment on each server of the MySQL family, and a machine with its command line client."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.servers.mysql.installing.install import installed
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.forwards import PROGRAMS, Forwards, bastion_of, gone
from tests.rehearsal.rehearsed import APP


@pytest.fixture(scope="session", params=["aurora-mysql", "mariadb"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(APP, "dev", print, Variant(request.param, "A")) as deployed:
        yield deployed


@pytest.fixture
def bastion(stage: Stage) -> Iterator[str]:
    with bastion_of(stage) as made:
        yield made


@pytest.fixture
def forwards(operator: Operator, bastion: str, tmp_path: Path) -> Iterator[Forwards]:
    operator.may(bastions=True)
    made = Forwards(operator, tmp_path)
    yield made
    operator.may()
    gone(*made.processes())


@pytest.fixture
def path(tmp_path: Path) -> str:
    """For PATH: MariaDB's client before all others, under the name that both have, and the AWS command line."""
    folder = tmp_path / "clients"
    folder.mkdir()
    program(folder / "mysql", f'exec {shlex.join(map(str, installed(MARIADB).command("usr/bin/mariadb")))} "$@"')
    return f"{folder}:{PROGRAMS}:/usr/bin:/bin"


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
