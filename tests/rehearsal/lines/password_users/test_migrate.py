"""`keyless migrate … --env dev`: a deployed user with a secret goes over to IAM, there, back, and to the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from keyless.rehearsal.stage.running import Stage
from tests.app.app import PASSWORDS
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.place import PLACE

OLD, NEW = "lambda_writer", "lambda_writer_iam"
_NAME, _SERVICE = "migrating", "lambda.amazonaws.com"


@dataclass(frozen=True)
class Migrating:
    stage: Stage
    spec: Path
    variables: dict[str, str]

    def __call__(self, step: str, *arguments: str) -> tuple[int, str]:
        """Exit status, and all that was said."""
        return self.run("migrate", step, OLD, *arguments)

    def made(self, step: str, *arguments: str) -> str:
        status, said = self(step, "--sync", "--yes", *arguments)
        assert status == 0, said
        return said

    def run(self, *command: str) -> tuple[int, str]:
        answer = keyless(*command, "--config", str(self.spec), "--env", "dev", **self.variables)
        said = answer.stdout + answer.stderr
        assert "X-Amz-" not in said and self.stage.deployed.secrets.password(OLD) not in said
        return answer.returncode, said

    def logins(self) -> dict[str, tuple[bool, bool]]:
        """Of those of both that are there: whether they may log in, and whether by IAM."""
        with self.stage.superuser() as superuser:
            rows = superuser.execute(
                "SELECT rolname, rolcanlogin, pg_has_role(oid, 'rds_iam', 'MEMBER') FROM pg_roles"
                " WHERE rolname = ANY(%s)",
                [[OLD, NEW]],
            )
            return {name: (login, iam) for name, login, iam in rows}

    def by_password(self) -> None:
        """Log in as the old user. Raises OperationalError."""
        at = self.stage.database
        psycopg.connect(
            host=at.host,
            hostaddr=at.address,
            port=at.port,
            user=OLD,
            password=self.stage.deployed.secrets.password(OLD),
            dbname="app",
            sslmode="verify-full",
            sslrootcert=str(self.stage.roots),
        ).close()


@pytest.fixture
def migrating(secret_stage: Stage, tmp_path: Path) -> Iterator[Migrating]:
    """As somebody who may log in as the master and the new user, at the database itself, and read the old one's secret;
    what they did is put back."""
    stage, spec = secret_stage, tmp_path / "access.yaml"
    spec.write_bytes(PASSWORDS.read_bytes())
    role = create_role(stage.cloud, _NAME, _SERVICE)
    begin = f"arn:aws:rds-db:{PLACE.region}:{stage.cloud.account}:dbuser:{stage.database.resource_id}"
    logins = [f"{begin}/{user}" for user in (stage.deployed.database.master, NEW)]
    allow(
        stage.cloud,
        _NAME,
        {"Action": ["cloudformation:DescribeStacks", "lambda:GetFunctionConfiguration"], "Resource": "*"},
        {"Action": "rds-db:connect", "Resource": logins},
        {"Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*"},
    )
    where = {"PGHOSTADDR": stage.database.address, "PGSSLROOTCERT": str(stage.roots)}
    session = stage.cloud.role_session(role, _SERVICE)
    stage.end_sessions()
    made = Migrating(stage, spec, {**stage.cloud.environment(), **session.variables, **where})
    try:
        yield made
    finally:
        put_back(made)
        iam = stage.cloud.client("iam")
        iam.delete_role_policy(RoleName=_NAME, PolicyName="inline")
        iam.delete_role(RoleName=_NAME)


def put_back(migrating: Migrating) -> None:
    """What is deployed, with the password of its secret."""
    text = PASSWORDS.read_text() + f"retired:\n  - {{username: {NEW}, drop: true}}\n"
    migrating.spec.write_text(text)
    secrets = [f"--secret={user}={arn}" for user, arn in migrating.stage.deployed.secrets.arns.items()]
    status, said = migrating.run("sync", "--yes", *secrets)
    assert (status, migrating.logins()) == (0, {OLD: (True, False)}), said
    migrating.by_password()


def test_a_user_goes_there_and_back_as_each_step_says(migrating: Migrating) -> None:
    before = migrating.spec.read_bytes()
    assert f"{OLD} -> {NEW}: started" in migrating.made("start")
    assert migrating.logins() == {OLD: (True, False), NEW: (True, True)}
    migrating.by_password()

    status, said = migrating("switch", "--sync", "--yes", "--wait", "0")
    assert status == 2 and f"{NEW} has no session open" in said, said
    migrating.made("switch", "--log-in")
    login = migrating.stage.events.all()
    assert (migrating.stage.database.host, NEW, True) in {(one.endpoint, one.user, one.allowed) for one in login}
    assert migrating.logins() == {OLD: (False, False), NEW: (True, True)}
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        migrating.by_password()

    migrating.made("back")
    assert migrating.logins() == {OLD: (True, False), NEW: (True, True)}
    migrating.by_password()
    migrating.made("back")
    assert (migrating.logins(), migrating.spec.read_bytes()) == ({OLD: (True, False)}, before)


def test_to_the_end_the_old_user_is_gone_and_the_new_one_can_do_what_the_spec_says(migrating: Migrating) -> None:
    migrating.made("start")
    migrating.made("switch", "--log-in")
    assert "nothing: it is done" in migrating.made("finish")
    assert migrating.logins() == {NEW: (True, True)}
    status, said = migrating.run("prove")
    assert (status, "database app: as the spec says" in said) == (0, True), said


def test_before_a_deploy_it_says_that_the_databases_are_not_there_yet(migrating: Migrating) -> None:
    status, said = migrating("start")
    assert (status, f"{OLD} -> {NEW}: started, and the databases are not there yet" in said) == (0, True), said
    assert migrating.logins() == {OLD: (True, False)}
    status, said = migrating("switch")
    assert (status, "not possible yet" in said) == (2, True), said
