"""The commands of the PostgreSQL user manager's guide, word for word but for the program's name."""

import shlex
from pathlib import Path

import pytest

from tests.conftest import MASTER, Database
from tests.database.cli.runner import Answer, Cli
from tests.database.engine import run
from tests.database.planning.test_user_files import MIXED

DRY_RUN = "sync --config config.json --dry-run --verbose"
APPLY = "sync --config config.json --verbose"
IAM_USER = """create-user iam_user \
  --auth-method iam \
  --groups "app_group" \
  --privileges "CONNECT" \
  --databases "myapp" \
  --iam-role "arn:aws:iam::123456789012:role/RDSAccessRole" \
  --description "IAM authenticated user"
"""
PASSWORD_USER = """create-user pwd_user \
  --auth-method password \
  --password "secure_password" \
  --groups "app_group"
"""
MADE = """SELECT pg_has_role(r.oid, 'rds_iam', 'MEMBER'), pg_has_role(r.oid, 'app_group', 'MEMBER'), rolcanlogin,
    has_database_privilege(r.oid, 'myapp', 'CONNECT'), shobj_description(r.oid, 'pg_authid')
    FROM pg_roles r WHERE rolname = 'iam_user'"""


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Where the guide's file is, connecting by the guide's variables."""
    monkeypatch.chdir(tmp_path)
    Path("config.json").write_text(MIXED)
    cli = Cli(database, monkeypatch, capsys, tmp_path)
    cli.variables.clear()
    cli.env(POSTGRES_HOST=str(database.server.folder), POSTGRES_PORT=str(database.server.port), POSTGRES_USER=MASTER)
    return cli


def typed(cli: Cli, line: str) -> Answer:
    return cli(*shlex.split(line))


def roles(cli: Cli) -> set[str]:
    names = ("admin_user", "app_user_iam", "iam_user", "pwd_user", "admin_group", "app_group")
    return {name for (name,) in run(cli.database, "rdsadmin", "SELECT rolname FROM pg_roles") if name in names}


def test_its_file_is_shown_then_synchronized(cli: Cli) -> None:
    pending = typed(cli, DRY_RUN)
    assert pending.status == 0 and 'GRANT "rds_iam" TO "app_user_iam"' in pending.err, pending
    assert roles(cli) == set()
    made = typed(cli, APPLY)
    assert made.status == 0 and 'GRANT "rds_iam" TO "app_user_iam"' in made.err, made
    assert roles(cli) == {"admin_user", "app_user_iam", "admin_group", "app_group"}
    assert "nothing to do" in typed(cli, APPLY).out


def test_its_iam_user_is_in_the_file_and_after_a_sync_in_the_database(cli: Cli) -> None:
    assert typed(cli, f"{IAM_USER} --config config.json --sync").status == 0
    assert run(cli.database, "rdsadmin", MADE) == [
        (True, True, True, True, "IAM authenticated user [managed by keyless-aurora]")
    ]


def test_its_password_is_refused_with_the_other_ways_and_without_it_the_user_is_made(cli: Cli) -> None:
    refused = typed(cli, f"{PASSWORD_USER} --config config.json")
    assert (refused.status, "secure_password" in refused.err) == (1, False)
    assert "allowed: --password-secret ARN, or none of the two" in refused.err
    without = PASSWORD_USER.replace('--password "secure_password"', "")
    assert typed(cli, f"{without} --config config.json --sync").status == 0
    assert "pwd_user" in roles(cli)


def test_without_a_file_it_says_what_writes_one(cli: Cli) -> None:
    refused = typed(cli, IAM_USER)
    assert refused.status == 1 and "config/access.yaml" in refused.err and "keyless adopt" in refused.err, refused
