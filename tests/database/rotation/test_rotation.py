"""Rotation of a password user's secret: ministack's Secrets Manager, a real PostgreSQL with SCRAM and TLS, and the
engine that comes between.

Only the master's way to the database differs from AWS (tests/rehearsal/endpoints/test_rotation_master.py has that): by
the server's socket. The steps are called here, one by one, in place of Secrets Manager.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access import rotation
from db_access.errors import LockHeldError, RotationError, SecretError
from db_access.postgresql import connection as engine_connection
from db_access.postgresql.connection import log_in
from db_access.secrets import ReadSecret, from_secrets_manager, secrets_manager
from db_access.secrets.version import Version
from db_access.spec import AccessSpec
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database
from tests.database.engine import connect_as_master, converge, run, with_user
from tests.database.watch.test_watch import LOCK
from tests.database.watched import looked
from tests.rehearsal.emulator.functions import create_function, create_role

HOST = "app.cluster-a1b2c3.us-east-1.rds.amazonaws.com"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
FIRST = "the first password"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud() as running:
        yield running


@pytest.fixture(scope="module")
def function(cloud: Cloud) -> str:
    """A function that Secrets Manager may call, which a schedule needs; nothing calls it."""
    create_function(
        cloud, "rotation", create_role(cloud, "rotation", "lambda.amazonaws.com"), "def handler(event, context): pass"
    )
    allowed = {"Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com"}
    cloud.client("lambda").add_permission(FunctionName="rotation", StatementId="rotation", **allowed)
    return str(cloud.client("lambda").get_function(FunctionName="rotation")["Configuration"]["FunctionArn"])


class Rotated:
    """The user `report` of the access spec, its secret with rotation on, and the function's environment."""

    def __init__(self, database: Database, client: Any, function: str) -> None:
        self.database, self.client = database, client
        value = json.dumps({"username": "report", "password": FIRST, "dbname": "app", "engine": "postgres"})
        self.arn: str = self.client.create_secret(Name=f"keyless/{uuid.uuid4()}", SecretString=value)["ARN"]
        self.client.rotate_secret(SecretId=self.arn, RotationLambdaARN=function, RotateImmediately=False)
        self._wait_for_the_trial()

    def _wait_for_the_trial(self) -> None:
        """A rotation that is set up is tried beside us, on a version of its own, which goes when the trial ends."""
        for _ in range(600):
            if "AWSPENDING" not in str(self.client.describe_secret(SecretId=self.arn)["VersionIdsToStages"]):
                return
            time.sleep(0.05)
        raise TimeoutError(f"the trial of {self.arn}'s rotation doesn't end")

    def spec(self, **fields: Any) -> AccessSpec:
        return with_user(
            **{
                "username": "report",
                "auth_method": "password",
                "password_secret": self.arn,
                "databases": ["app"],
                **fields,
            }
        )

    def converge(self, **fields: Any) -> int:
        return converge(self.database, self.spec(**fields), read_secret=self.read).changes

    @property
    def read(self) -> ReadSecret:
        return partial(from_secrets_manager, client=self.client)

    def begin(self) -> str:
        """As Secrets Manager does before the first step: a version without a value."""
        token = str(uuid.uuid4())
        self.client.put_secret_value(SecretId=self.arn, ClientRequestToken=token, VersionStages=["AWSPENDING"])
        return token

    def step(self, step: str, token: str, **more: Any) -> None:
        rotation.handler({"Step": step, "SecretId": self.arn, "ClientRequestToken": token, **more}, None)

    def rotate(self, *, until: str = "finishSecret") -> str:
        token = self.begin()
        for step in STEPS[: STEPS.index(until) + 1]:
            self.step(step, token)
        return token

    def value(self, **which: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.client.get_secret_value(SecretId=self.arn, **which)["SecretString"])
        return answer

    def password(self, **which: str) -> str:
        return str(self.value(**which)["password"])

    def current(self) -> str:
        return str(self.client.get_secret_value(SecretId=self.arn)["VersionId"])

    def marked(self, token: str) -> str:
        return f"{token} of {self.arn.split(':')[-1]}"

    def mark(self) -> str:
        ((comment,),) = run(
            self.database,
            "rdsadmin",
            "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'report'",
        )
        return str(comment)

    def logs_in(self, password: str) -> bool:
        try:
            psycopg.connect(
                host="127.0.0.1",
                port=self.database.server.port,
                user="report",
                password=password,
                dbname="app",
                sslmode="require",
            ).close()
        except psycopg.OperationalError as error:
            assert "password authentication failed" in str(error), error
            return False
        return True

    def healthy(self) -> bool:
        """Clients get in with what the secret says, and neither engine nor watch finds anything to do."""
        fresh = looked(connect_as_master(self.database), self.spec(), "app", MASTER)
        return self.logs_in(self.password()) and self.converge() == 0 and fresh.drift == 0


@pytest.fixture(scope="module")
def authority(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Of the certificate that the server shows, in the name of a cluster's endpoint."""
    authority = Authority(tmp_path_factory.mktemp("authority"), "rds")
    postgres.use_certificate(authority.server(HOST))
    yield authority
    postgres.use_certificate(postgres.gate_authority.server("localhost"))


@pytest.fixture(scope="module")
def client(cloud: Cloud) -> Any:
    """Making one takes longer than all that a step does."""
    return cloud.client("secretsmanager")


@pytest.fixture
def rotated(
    database: Database, cloud: Cloud, client: Any, function: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rotated]:
    environment = {
        **cloud.environment(),
        "PGHOST": HOST,
        "PGPORT": str(database.server.port),
        "PGUSER": MASTER,
        "MANAGED_BY": "keyless-aurora",
        "PGSSLROOTCERT": str(authority.root),
        "LOCK_SECONDS": "0.5",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def at_the_server(*arguments: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PGHOSTADDR", "127.0.0.1")
            log_in(*arguments)

    monkeypatch.setattr(engine_connection, "log_in", at_the_server)
    monkeypatch.setattr(
        engine_connection,
        "with_token",
        lambda name, *, patience: psycopg.connect(database.server.conninfo(MASTER, name)),
    )
    monkeypatch.setattr(rotation, "secrets_manager", lambda arn: client)
    user = Rotated(database, client, function)
    try:
        user.converge()
        yield user
    finally:
        user.client.delete_secret(SecretId=user.arn, ForceDeleteWithoutRecovery=True)


def test_a_rotation_changes_the_password_and_leaves_the_engine_and_the_watch_nothing_to_do(
    rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the client that the function makes itself."""
    monkeypatch.setattr(rotation, "secrets_manager", secrets_manager)
    before = rotated.current()
    token = rotated.rotate()
    assert rotated.current() == token != before
    assert rotated.password(VersionStage="AWSPREVIOUS") == FIRST
    assert rotated.mark() == f"[password {rotated.marked(token)}] [managed by keyless-aurora]"
    assert rotated.healthy() and not rotated.logs_in(FIRST)


def test_the_new_password_is_long_and_the_rest_of_the_secret_stays(rotated: Rotated) -> None:
    rotated.rotate()
    value = rotated.value()
    assert len(value["password"]) >= 32 and value["password"].isalnum()
    assert {**value, "password": FIRST} == rotated.value(VersionStage="AWSPREVIOUS")


@pytest.mark.parametrize("twice", STEPS)
def test_a_step_that_comes_twice_comes_to_the_same_end(rotated: Rotated, twice: str) -> None:
    token, values = rotated.begin(), set()
    for step in STEPS:
        for _ in range(2 if step == twice else 1):
            rotated.step(step, token)
            values.add(rotated.password(VersionId=token))
    assert len(values) == 1 and rotated.current() == token
    assert rotated.healthy()


def test_a_rotation_that_begins_anew_after_any_step_ends(rotated: Rotated) -> None:
    token = rotated.begin()
    for last in range(1, len(STEPS) + 1):
        for step in STEPS[:last]:
            rotated.step(step, token)
    assert rotated.healthy()


def test_description_and_settings_of_the_user_stay(rotated: Rotated) -> None:
    rotated.converge(description="monthly report", settings={"work_mem": "5MB"}, connection_limit=3)
    token = rotated.rotate()
    assert rotated.mark() == f"monthly report [password {rotated.marked(token)}] [managed by keyless-aurora]"
    assert rotated.converge(description="monthly report", settings={"work_mem": "5MB"}, connection_limit=3) == 0


def test_neither_log_nor_server_gets_a_password_in_clear(
    rotated: Rotated, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """With every statement in the server's log, as a DBA may have set it."""
    run(rotated.database, "rdsadmin", "ALTER ROLE master SET log_statement = 'all'")
    with caplog.at_level(logging.DEBUG):
        token = rotated.rotate()
    statements = (rotated.database.server.folder / "server.log").read_text(errors="replace")
    assert 'ALTER ROLE "report" PASSWORD' in statements and "SCRAM-SHA-256$" in statements
    shown = "".join(record.getMessage() for record in caplog.records if record.name.startswith("db_access")) + "".join(
        capsys.readouterr()
    )
    assert f"setSecret of secret {rotated.arn}, version {token}: done" in shown
    for password in (FIRST, rotated.password()):
        assert password not in statements and password not in shown
    assert "SCRAM-SHA-256" not in shown


def test_a_run_between_setting_and_testing_fails_the_test_and_the_next_attempt_ends_well(rotated: Rotated) -> None:
    """Clients still need AWSCURRENT's: the engine puts that back, and the mark with it."""
    token = rotated.rotate(until="setSecret")
    assert rotated.converge() == 2
    assert rotated.logs_in(FIRST)
    with pytest.raises(
        RotationError, match=r"user 'report' can't log in with the coming password: .*password authentication failed"
    ):
        rotated.step("testSecret", token)
    for step in STEPS:
        rotated.step(step, token)
    assert rotated.current() == token and rotated.healthy()


def test_a_run_between_testing_and_finishing_does_not_outlive_the_finish(rotated: Rotated) -> None:
    token = rotated.rotate(until="testSecret")
    assert rotated.converge() == 2
    rotated.step("finishSecret", token)
    assert rotated.current() == token and rotated.healthy()


def test_an_abandoned_rotation_is_put_back_by_the_next_run(rotated: Rotated) -> None:
    rotated.rotate(until="testSecret")
    assert not rotated.logs_in(FIRST)
    rotated.converge()
    assert rotated.logs_in(FIRST) and rotated.healthy()


def test_a_new_rotation_after_an_abandoned_one_needs_no_run(rotated: Rotated) -> None:
    """Secrets Manager has moved the label of the abandoned version, which the mark still names."""
    abandoned = rotated.rotate(until="setSecret")
    rotated.client.update_secret_version_stage(
        SecretId=rotated.arn, VersionStage="AWSPENDING", RemoveFromVersionId=abandoned
    )
    token = rotated.rotate()
    assert rotated.current() == token and rotated.healthy()


def test_the_watch_finds_no_drift_while_a_rotation_is_on(rotated: Rotated) -> None:
    token = rotated.begin()
    for step in STEPS:
        rotated.step(step, token)
        assert looked(connect_as_master(rotated.database), rotated.spec(), "app", MASTER).drift == 0


def test_a_finish_waits_for_the_runs_lock_and_gives_up(rotated: Rotated) -> None:
    token = rotated.rotate(until="testSecret")
    with rotated.database.connect() as running, running.transaction():
        running.execute(LOCK)
        with pytest.raises(LockHeldError):
            rotated.step("finishSecret", token)
    assert rotated.current() != token
    rotated.step("finishSecret", token)
    assert rotated.healthy()


def test_a_run_of_another_database_beside_the_finish_ends_with_the_new_password(
    rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That one's lock is another: it reads the old version, and comes to the role while the finish holds it."""
    run(rotated.database, MASTER, "CREATE DATABASE second")
    document = rotated.spec().as_properties()
    wanted = AccessSpec.parse({**document, "databases": [*document["databases"], {"name": "second"}]})
    second = Database(rotated.database.server, "second")
    converge(second, wanted, read_secret=rotated.read)
    token, make_current, runs = rotated.rotate(until="testSecret"), Version.make_current, []

    def beside_a_run(version: Version) -> None:
        runs.append(threading.Thread(target=converge, args=(second, wanted), kwargs={"read_secret": rotated.read}))
        runs[0].start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        deadline = time.monotonic() + 20
        while run(rotated.database, "rdsadmin", waiting) == [(0,)]:
            assert time.monotonic() < deadline and runs[0].is_alive(), "the run did not come to the role"
            time.sleep(0.02)
        make_current(version)

    monkeypatch.setattr(Version, "make_current", beside_a_run)
    rotated.step("finishSecret", token)
    runs[0].join()
    assert rotated.current() == token and rotated.healthy()
    assert converge(second, wanted, read_secret=rotated.read).changes == 0


def test_a_label_that_cannot_be_moved_leaves_the_database_as_it_was(
    rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = rotated.rotate(until="testSecret")
    rotated.converge()
    before = rotated.mark()
    with monkeypatch.context() as patch:
        patch.setattr(Version, "make_current", lambda version: _refuse())
        with pytest.raises(SecretError, match="no right"):
            rotated.step("finishSecret", token)
    assert rotated.mark() == before and rotated.logs_in(FIRST)


def _refuse() -> None:
    raise SecretError("no right")


def test_a_finish_whose_commit_was_lost_is_made_up_for_when_it_comes_again(rotated: Rotated) -> None:
    token = rotated.rotate(until="testSecret")
    rotated.converge()
    Version(rotated.arn, token, rotated.client).make_current()
    assert not rotated.logs_in(rotated.password())
    rotated.step("finishSecret", token)
    assert rotated.healthy()


def test_a_version_that_is_current_already_is_left_alone_by_the_other_steps(rotated: Rotated) -> None:
    token = rotated.rotate()
    before = rotated.mark(), rotated.value()
    run(rotated.database, MASTER, "ALTER ROLE report PASSWORD 'by hand'")
    for step in STEPS[:3]:
        rotated.step(step, token)
    assert (rotated.mark(), rotated.value()) == before and rotated.logs_in("by hand")


@pytest.mark.parametrize("step", STEPS)
def test_a_version_that_is_not_pending_is_refused(rotated: Rotated, step: str) -> None:
    first = rotated.current()
    rotated.rotate()
    with pytest.raises(RotationError, match="is staged AWSPREVIOUS; allowed: AWSPENDING"):
        rotated.step(step, first)
    with pytest.raises(RotationError, match="has no version"):
        rotated.step(step, str(uuid.uuid4()))
    assert rotated.healthy()


def test_an_unknown_step_is_refused(rotated: Rotated) -> None:
    with pytest.raises(RotationError, match="allowed: createSecret, setSecret, testSecret, finishSecret"):
        rotated.step("deleteSecret", rotated.begin())


def test_a_secret_whose_rotation_is_off_is_refused(rotated: Rotated) -> None:
    arn = rotated.client.create_secret(Name=f"keyless/{uuid.uuid4()}", SecretString=json.dumps(rotated.value()))["ARN"]
    token = str(uuid.uuid4())
    rotated.client.put_secret_value(SecretId=arn, ClientRequestToken=token, VersionStages=["AWSPENDING"])
    with pytest.raises(RotationError, match="is not rotated; allowed: one with a rotation schedule"):
        rotation.handler({"Step": "createSecret", "SecretId": arn, "ClientRequestToken": token}, None)


def test_who_writes_another_secret_cant_take_the_user_by_choosing_its_versions_id(
    rotated: Rotated, function: str
) -> None:
    """The id stands in the role's comment, which every user can read; the writer of a secret chooses those of its
    versions."""
    known = rotated.current()
    another = Rotated(rotated.database, rotated.client, function)
    another.client.put_secret_value(
        SecretId=another.arn, ClientRequestToken=known, SecretString=json.dumps(another.value())
    )
    with pytest.raises(RotationError, match="its password comes from another secret"):
        another.rotate()
    assert rotated.healthy()


@pytest.mark.parametrize(
    ("by_hand", "why"),
    [
        (
            "COMMENT ON ROLE report IS '[password {}] [managed by another]'",
            "the role is managed by 'another', not by 'keyless-aurora'",
        ),
        ("COMMENT ON ROLE report IS ''", "the role is managed by 'nobody'"),
        ("COMMENT ON ROLE report IS '[managed by keyless-aurora]'", "the engine gave it no password"),
        (
            "COMMENT ON ROLE report IS '[password other] [managed by keyless-aurora]'",
            r"its password comes from another secret \(version other\)",
        ),
        (
            "COMMENT ON ROLE report IS '[password 9f81012c-1eac-4b81-8cb1-3c96c085677f] [managed by keyless-aurora]'",
            "its password comes from another secret",
        ),
        ("GRANT rds_iam TO report", "it is a member of rds_iam"),
        ("CREATE ROLE between; GRANT rds_iam TO between; GRANT between TO report", "it is a member of rds_iam"),
        ("DROP OWNED BY report; DROP ROLE report", "there is no such role"),
    ],
)
@pytest.mark.parametrize("step", ["setSecret", "finishSecret"])
def test_a_user_that_is_not_a_password_user_of_the_engine_and_this_secret_is_refused(
    rotated: Rotated, step: str, by_hand: str, why: str
) -> None:
    token = rotated.rotate(until="createSecret")
    run(rotated.database, "rdsadmin", *by_hand.format(rotated.current()).split("; "))
    stored = "SELECT rolpassword FROM pg_authid WHERE rolname = 'report'"
    before = run(rotated.database, "rdsadmin", stored)
    with pytest.raises(RotationError, match=f"the password of user 'report' is not rotated: {why}"):
        rotated.step(step, token)
    assert run(rotated.database, "rdsadmin", stored) == before
    assert rotated.current() != token


def test_a_version_for_another_user_than_the_current_one_is_refused(rotated: Rotated) -> None:
    """Whoever may write the secret doesn't get at other users by that."""
    token = rotated.rotate(until="createSecret")
    rotated.client.put_secret_value(
        SecretId=rotated.arn,
        ClientRequestToken=token,
        VersionStages=["AWSPENDING"],
        SecretString=json.dumps({**rotated.value(), "username": "lambda_writer"}),
    )
    with pytest.raises(
        RotationError, match="is for user 'lambda_writer', and AWSCURRENT for 'report'; allowed: the same user"
    ):
        rotated.step("setSecret", token)


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "{",
        "[]",
        "[" * 60_000,
        '{"username": "report"}',
        '{"password": "s3cret"}',
        '{"username": "", "password": "s3cret"}',
        '{"username": 7, "password": "s3cret"}',
    ],
)
def test_a_secret_that_is_no_login_begins_no_rotation_and_is_not_shown(
    rotated: Rotated, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    rotated.client.put_secret_value(SecretId=rotated.arn, SecretString=value)
    token = rotated.begin()
    with (
        caplog.at_level(logging.DEBUG, "db_access"),
        pytest.raises(SecretError, match=r"allowed: (one|a JSON object) with") as refused,
    ):
        rotated.step("createSecret", token)
    assert not Version(rotated.arn, token, rotated.client).has_value()
    chain, error = caplog.text, refused.value.__cause__ or refused.value.__context__
    while error is not None:
        chain, error = chain + repr(error), error.__cause__ or error.__context__
    assert "s3cret" not in chain + str(refused.value)


def test_a_secret_that_is_gone_is_an_error_with_the_services_reason(rotated: Rotated) -> None:
    with pytest.raises(SecretError, match=r"can't be described \(ResourceNotFoundException\)"):
        rotation.handler(
            {"Step": "setSecret", "SecretId": rotated.arn + "x", "ClientRequestToken": str(uuid.uuid4())}, None
        )


@pytest.mark.parametrize(
    "wrong",
    [{"SecretId": "keyless/x"}, {"SecretId": "arn:aws:s3:::x"}, {"ClientRequestToken": "t"}, {"SecretId": None}],
)
def test_what_is_no_secrets_arn_or_version_is_refused(rotated: Rotated, wrong: dict[str, Any]) -> None:
    event = {"Step": "setSecret", "SecretId": rotated.arn, "ClientRequestToken": str(uuid.uuid4()), **wrong}
    with pytest.raises(RotationError, match="are no secret's ARN and version; allowed: what Secrets Manager sends"):
        rotation.handler(event, None)


def test_the_trial_of_a_new_schedule_tries_the_current_password(rotated: Rotated) -> None:
    """With RotateImmediately off, Secrets Manager runs testSecret alone, on a version that nobody has given a value."""
    token = rotated.begin()
    rotated.step("testSecret", token)
    run(rotated.database, MASTER, "ALTER ROLE report PASSWORD 'by hand'")
    with pytest.raises(RotationError, match="password authentication failed"):
        rotated.step("testSecret", token)


@pytest.mark.parametrize("fields", [{"enabled": False}, {"connection_limit": 0}, {"databases": [], "privileges": []}])
def test_the_password_of_a_user_that_may_not_come_in_for_another_reason_is_rotated_too(
    rotated: Rotated, fields: dict[str, Any]
) -> None:
    """PostgreSQL says so only after the password was right."""
    rotated.converge(**fields)
    token = rotated.rotate()
    run(rotated.database, MASTER, "ALTER ROLE report PASSWORD 'by hand'")
    coming = rotated.begin()
    with pytest.raises(RotationError, match="password authentication failed"):
        rotated.step("testSecret", coming)
    assert rotated.current() == token


@pytest.mark.parametrize(
    ("foreign", "name", "said"),
    [
        (True, HOST, "certificate verify failed"),
        (False, f"other.{HOST}", "does not match host name"),
    ],
)
def test_the_password_is_tried_on_no_server_of_another_authority_or_name(
    rotated: Rotated, authority: Authority, tmp_path: Path, foreign: bool, name: str, said: str
) -> None:
    token = rotated.rotate(until="setSecret")
    rotated.database.server.use_certificate((Authority(tmp_path, "foreign") if foreign else authority).server(name))
    try:
        with pytest.raises(RotationError, match=said):
            rotated.step("testSecret", token)
    finally:
        rotated.database.server.use_certificate(authority.server(HOST))
    rotated.step("testSecret", token)


def test_a_server_that_asks_for_the_password_itself_does_not_get_it(rotated: Rotated) -> None:
    token = rotated.rotate(until="setSecret")
    rules = rotated.database.server.folder / "data/pg_hba.conf"
    before = rules.read_text()
    rules.write_text(before.replace("scram-sha-256", "password"))
    try:
        run(rotated.database, "rdsadmin", "SELECT pg_reload_conf()")
        assert not _waits_for_scram(rotated)
        with pytest.raises(RotationError, match="authentication method requirement"):
            rotated.step("testSecret", token)
    finally:
        rules.write_text(before)
        run(rotated.database, "rdsadmin", "SELECT pg_reload_conf()")
        deadline = time.monotonic() + 5
        while not _waits_for_scram(rotated):
            assert time.monotonic() < deadline


def _waits_for_scram(rotated: Rotated) -> bool:
    """After a moment, for a reload is asynchronous."""
    time.sleep(0.2)
    rules = run(rotated.database, "rdsadmin", "SELECT auth_method FROM pg_hba_file_rules WHERE type = 'hostssl'")
    return ("scram-sha-256",) in rules
