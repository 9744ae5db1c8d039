"""The command logs in by the user manager's variables, too, signs its own token, and says when a password is wrong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import converge
from tests.rehearsal.endpoints.roles import Role, grant
from tests.rehearsal.endpoints.world import World

KEEPER, PASSWORD = "keeper", "correct horse battery"
SIGNED_BY = {"AWS_ACCESS_KEY_ID": "access_key", "AWS_SECRET_ACCESS_KEY": "secret_key", "AWS_SESSION_TOKEN": "token"}


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    monkeypatch.setenv("HOME", str(tmp_path))  # where no .pgpass is
    return Cli(database, monkeypatch, capsys, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    converge(database)
    with world.endpoints():
        yield world


def as_operator(cli: Cli, world: World, **where: str) -> None:
    """With the credentials of a role that may connect as the master, and nothing that is a password."""
    key = Role("operator", [grant(world.cluster, MASTER)]).credentials.get_frozen_credentials()
    cli.variables.clear()
    cli.env(
        PGHOSTADDR=world.cluster.address,
        PGSSLROOTCERT=str(world.authority.root),
        **{name: getattr(key, of) for name, of in SIGNED_BY.items()},
        **where,
    )


def by_libpq(world: World) -> dict[str, str]:
    return {"PGHOST": world.cluster.host, "PGPORT": str(world.cluster.port), "PGUSER": MASTER}


def by_user_manager(world: World) -> dict[str, str]:
    return {
        "POSTGRES_HOST": world.cluster.host,
        "POSTGRES_PORT": str(world.cluster.port),
        "POSTGRES_USER": MASTER,
        "POSTGRES_DB": "app",
        "POSTGRES_SSLMODE": "require",
        "POSTGRES_IAM_AUTH": "true",
    }


def run(cli: Cli, *arguments: str) -> tuple[int, str]:
    """In a process of its own: in this one the stand-in for IAM would take the operator's credentials for its own."""
    out, err = (process := cli.process(*arguments)).communicate(timeout=120)
    return process.returncode, out + err


def test_a_token_is_signed_where_no_password_is_said(cli: Cli, world: World) -> None:
    as_operator(cli, world, **by_libpq(world))
    status, said = run(cli, "who", "can", "CONNECT", "app")
    assert (status, world.last_event(world.cluster).allowed) == (0, True), said
    assert "X-Amz-" not in said


def test_the_user_managers_variables_are_enough_and_the_server_is_verified_all_the_same(cli: Cli, world: World) -> None:
    as_operator(cli, world, **by_user_manager(world))
    status, said = run(cli, "matrix")
    assert (status, world.last_event(world.cluster).allowed) == (0, True), said
    assert "POSTGRES_SSLMODE=require: the server is verified all the same" in said
    cli.env(POSTGRES_HOST="other.cluster-a1b2c3.eu-central-1.rds.amazonaws.com")
    assert "does not match host name" in run(cli, "matrix")[1]


def test_a_token_that_is_refused_is_said_to_be_the_commands_own(cli: Cli, world: World) -> None:
    with world.database.superuser() as superuser:
        superuser.execute("CREATE ROLE stranger LOGIN IN ROLE rds_iam")
    as_operator(cli, world, **{**by_libpq(world), "PGUSER": "stranger"})
    status, said = run(cli, "who", "can", "CONNECT", "app")
    assert (status, "the token that was signed for it was refused; allowed: AWS credentials" in said) == (1, True), said


def test_keyless_token_is_a_password(cli: Cli, world: World) -> None:
    as_operator(cli, world, **by_libpq(world))
    token = cli("token").out.strip()
    assert world.enter(world.cluster, token, MASTER) == MASTER


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"POSTGRES_PASSWORD": "x"}, "allowed: one of them"),
        ({"POSTGRES_IAM_AUTH": "maybe"}, "'maybe' is neither yes nor no; allowed: true or false"),
        ({"PGPORT": "abc"}, "no token for port 'abc'; allowed: PGPORT from 1 to 65535"),
        ({"PGPORT": "65536"}, "no token for port '65536'; allowed: PGPORT from 1 to 65535"),
        ({"PGPORT": "5432,5433"}, "no token for port '5432,5433'; allowed: PGPORT from 1 to 65535"),
        ({"PGUSER": "x\udcff"}, "PGUSER is not UTF-8"),
        ({"POSTGRES_USER": "x\udcff"}, "POSTGRES_USER is not UTF-8"),
        ({"PGHOST": "localhost"}, "whose name has no region; allowed: AWS_REGION"),
    ],
)
def test_what_stands_against_a_token_is_said(cli: Cli, more: dict[str, str], says: str) -> None:
    cli.variables.clear()
    host = "app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com"
    cli.env(**{"PGHOST": host, "PGUSER": MASTER, "POSTGRES_IAM_AUTH": "true", "PGSSLMODE": "require", **more})
    answer = cli("who", "can", "CONNECT", "app")
    assert (answer.status, says in answer.err) == (1, True), answer.err


def test_a_result_that_cant_be_written_is_an_error(cli: Cli) -> None:
    cli.env(PGDATABASE="app")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "keyless", "matrix"]
        ended = subprocess.run(
            command, env=cli.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stderr
    assert "keyless: what it found can't be written: No space left on device" in ended.stderr


@pytest.mark.parametrize("mode", ["prefer", "require"])
def test_a_wrong_password_is_said_and_not_hidden_by_a_second_attempt(cli: Cli, mode: str) -> None:
    cli.database.server.create_master(KEEPER, iam=False, password=PASSWORD, database="kept")
    cli.env(PGHOST="127.0.0.1", PGUSER=KEEPER, PGPASSWORD="wrong", PGSSLMODE=mode)
    answer = cli("who", "can", "CONNECT", "kept")
    assert answer.status == 1
    assert "(the password is wrong, or the user has none" in answer.err
    assert "password authentication failed" in answer.err and "pg_hba" not in answer.err
