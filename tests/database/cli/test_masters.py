"""With an IAM master and with a password master, the command connects by libpq's variables and locks no master out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import run, spec
from tests.rehearsal.endpoints.roles import Role, grant
from tests.rehearsal.endpoints.world import World

PASSWORD = "correct horse battery"
KEEPER = "keeper"


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def as_keeper(cli: Cli) -> Cli:
    """A database `kept` with a master that has a password, reached over TLS."""
    cli.database.server.create_master(KEEPER, iam=False, password=PASSWORD, database="kept")
    cli.env(PGHOST="127.0.0.1", PGUSER=KEEPER, PGPASSWORD=PASSWORD, PGSSLMODE="prefer")
    return cli


def config(cli: Cli, auth_method: str) -> Path:
    schemas = [{"name": "foo", "owner": "app_owner"}]
    user = {
        "username": "u",
        "auth_method": auth_method,
        "grants": [{"database": "kept", "schemas": ["foo"], "access": "read_only"}],
    }
    other = {"username": MASTER, "reason": "the master of another database"}
    return cli.write(spec(databases=[{"name": "kept", "schemas": schemas}], users=[user], acknowledged=[other]))


def test_a_password_master_converges_and_proves(cli: Cli) -> None:
    file = config(as_keeper(cli), "none")
    answers = [
        cli.sync("--detailed-exitcode", config=file),
        cli.sync("--detailed-exitcode", config=file),
        cli.prove(config=file),
    ]
    assert [answer.status for answer in answers] == [2, 0, 0]
    assert not any(PASSWORD in answer.out + answer.err for answer in answers)


def test_the_password_may_come_from_a_file(cli: Cli) -> None:
    file = config(as_keeper(cli), "none")
    passfile = cli.folder / "pgpass"
    passfile.write_text(f"127.0.0.1:*:kept:{KEEPER}:{PASSWORD}\n")
    passfile.chmod(0o600)
    del cli.variables["PGPASSWORD"]
    cli.env(PGPASSFILE=str(passfile))
    assert cli.sync(config=file).status == 0


def test_a_password_master_is_never_made_iam_only(cli: Cli) -> None:
    """A user whose member it is becomes an IAM user. PostgreSQL refuses that since 16; before, our check does."""
    as_keeper(cli)
    assert cli.sync(config=config(cli, "none")).status == 0
    member = "SELECT pg_has_role('keeper', 'u', 'MEMBER')"
    if run(cli.database, "rdsadmin", member) == [(False,)]:
        run(cli.database, "rdsadmin", "GRANT u TO keeper")
    answer = cli.sync(config=config(cli, "iam"))
    assert answer.status == 1
    assert "rds_iam" in answer.err
    assert run(cli.database, "rdsadmin", "SELECT pg_has_role('keeper', 'rds_iam', 'MEMBER')") == [(False,)]


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def with_token(cli: Cli, world: World, token: str) -> None:
    """PGSSLMODE is not set: for an endpoint of RDS the certificate is verified anyway."""
    cli.env(
        PGHOST=world.cluster.host,
        PGHOSTADDR=world.cluster.address,
        PGPORT=str(world.cluster.port),
        PGSSLROOTCERT=str(world.authority.root),
    )
    cli.env(PGUSER=MASTER, PGPASSWORD=token)


def operator(world: World) -> Role:
    return Role("operator", [grant(world.cluster, MASTER)])


def test_an_iam_master_converges_and_proves_with_a_token_for_a_password(cli: Cli, world: World) -> None:
    with world.endpoints():
        with_token(cli, world, token := operator(world).token(world.cluster, MASTER))
        answers = [cli.sync("--detailed-exitcode", "--verbose"), cli.sync("--detailed-exitcode"), cli.prove()]
        event = world.last_event(world.cluster)
    assert [answer.status for answer in answers] == [2, 0, 0]
    assert (event.allowed, event.user) == (True, MASTER)
    assert not any(token in answer.out + answer.err for answer in answers)


def test_an_expired_token_is_refused_with_advice_and_is_not_shown(
    cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.endpoints():
        with monkeypatch.context() as past:
            past.setattr("botocore.auth.get_current_datetime", lambda: datetime.now(UTC) - timedelta(seconds=901))
            token = operator(world).token(world.cluster, MASTER)
        with_token(cli, world, token)
        answer = cli.sync()
    assert (answer.status, answer.out) == (1, "")
    assert "PGPASSWORD must be a token: for this PGHOST and PGUSER, and less than 15 minutes old" in answer.err
    assert token not in answer.err and token[-32:] not in answer.err


def test_a_token_is_not_sent_to_a_server_of_another_name(cli: Cli, world: World) -> None:
    with world.endpoints():
        with_token(cli, world, operator(world).token(world.cluster, MASTER))
        cli.env(PGHOST="other.cluster-a1b2c3.eu-central-1.rds.amazonaws.com")
        answer = cli.sync()
    assert answer.status == 1
    assert "does not match host name" in answer.err
