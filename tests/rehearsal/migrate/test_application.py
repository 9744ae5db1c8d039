"""An application works throughout a migration, behind a gate that judges its tokens, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Database
from tests.database.migrate.stage import NEW, OLD, SPEC, Stage, on_stage
from tests.rehearsal.endpoints.roles import Role, grant
from tests.rehearsal.endpoints.world import World
from tests.rehearsal.migrate.application import PASSWORD, Application, application


@pytest.fixture
def stage(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Stage:
    stage = on_stage(database, monkeypatch, capsys, tmp_path)
    stage.by_hand(f"ALTER ROLE {OLD} PASSWORD '{PASSWORD}'")
    return stage


@pytest.fixture
def world(stage: Stage, tmp_path: Path) -> Iterator[World]:
    world = World(stage.database, tmp_path)
    with world.endpoints():
        yield world


@pytest.fixture
def app(world: World) -> Iterator[Application]:
    role = Role("application", [grant(world.cluster, NEW)])
    with application(world, role, OLD) as app:
        yield app


def test_to_the_end_nothing_is_lost(stage: Stage, world: World, app: Application) -> None:
    stage.made("start")
    app.writes_on(OLD)
    refused = stage("switch", "--sync", "--yes", "--wait", "0")
    assert refused.status == 2 and f"{OLD} has 1 session open: pid " in refused.err, refused.err
    app.logs_in_as(NEW)
    assert world.last_event(world.cluster).allowed and world.last_event(world.cluster).user == NEW
    stage.made("switch")
    app.writes_on(NEW)
    stage.made("finish")
    app.writes_on(NEW)
    nothing_lost(stage, app)
    assert stage.logs_in(OLD) is None


def test_there_and_back_nothing_is_lost(stage: Stage, world: World, app: Application) -> None:
    stage.made("start")
    app.logs_in_as(NEW)
    stage.made("switch")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        world.login(world.cluster, PASSWORD, OLD)
    stage.made("back")
    app.writes_on(NEW)
    refused = stage("back", "--sync", "--yes")
    assert refused.status == 2 and f"{NEW} has 1 session open: pid " in refused.err, refused.err
    app.logs_in_as(OLD)
    stage.made("back")
    app.writes_on(OLD)
    nothing_lost(stage, app)
    assert (stage.text, stage.logs_in(NEW)) == (SPEC, None)


def nothing_lost(stage: Stage, app: Application) -> None:
    """Every row was written at the first attempt, and is there."""
    told = [*app.rows]
    assert app.errors == [] and {row["attempts"] for row in told} == {1}
    assert [row["row"] for row in told] == [*range(1, len(told) + 1)]
    there = dict(stage.by_hand("SELECT id, name FROM bar.audit"))
    assert {row["row"]: row["user"] for row in told}.items() <= there.items()


def test_a_login_of_the_commands_own_shows_that_tokens_for_the_new_user_are_taken(stage: Stage, world: World) -> None:
    stage.made("start")
    master = grant(world.cluster, "master")
    as_operator(stage, world, Role("operator", [master]))
    refused = switched(stage)
    assert f"a login as {NEW} is refused: " in refused[1] and "rds-db:connect as PGUSER" in refused[1], refused
    assert refused[0] == 2 and stage.logs_in(OLD)
    as_operator(stage, world, Role("operator", [master, grant(world.cluster, NEW)]))
    status, said = switched(stage)
    assert (status, stage.logs_in(OLD)) == (0, False), said
    assert "X-Amz-" not in refused[1] + said


def as_operator(stage: Stage, world: World, role: Role) -> None:
    key = role.credentials.get_frozen_credentials()
    stage.cli.variables.clear()
    stage.cli.env(
        HOME=str(stage.cli.folder),  # where no .pgpass is
        PGHOST=world.cluster.host,
        PGHOSTADDR=world.cluster.address,
        PGPORT=str(world.cluster.port),
        PGUSER="master",
        PGSSLROOTCERT=str(world.authority.root),
        AWS_ACCESS_KEY_ID=str(key.access_key),
        AWS_SECRET_ACCESS_KEY=str(key.secret_key),
        AWS_SESSION_TOKEN=str(key.token),
    )


def switched(stage: Stage) -> tuple[int, str]:
    """In a process of its own: in this one the stand-in for IAM would take the operator's credentials for its own."""
    process = stage.cli.process("migrate", "switch", OLD, "--config", stage.spec, "--log-in", "--sync", "--yes")
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err
