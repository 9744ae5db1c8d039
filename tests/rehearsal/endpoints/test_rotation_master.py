"""A rotation over TLS: the IAM master logs in with a token that ministack judges, the user with its new password."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from db_access import rotation
from db_access.errors import UnreachableError
from db_access.secrets import from_secrets_manager
from keyless.rehearsal.delays import Delays
from keyless.rehearsal.emulator.cloud import Cloud
from tests.conftest import MASTER
from tests.database.engine import converge, spec
from tests.rehearsal.emulator.functions import create_function, create_role
from tests.rehearsal.endpoints.roles import REGION, Role, grant
from tests.rehearsal.endpoints.world import World

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture(scope="module")
def secrets_manager() -> Iterator[Any]:
    with Cloud() as cloud:
        create_function(
            cloud,
            "rotation",
            create_role(cloud, "rotation", "lambda.amazonaws.com"),
            "def handler(event, context): pass",
        )
        allowed = {"Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com"}
        cloud.client("lambda").add_permission(FunctionName="rotation", StatementId="rotation", **allowed)
        yield cloud.client("secretsmanager")


@pytest.fixture
def secret(world: World, secrets_manager: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ARN of the secret of `report`, a password user of the access spec that has its first password."""
    value = json.dumps({"username": "report", "password": "the first", "dbname": "app"})
    arn = str(secrets_manager.create_secret(Name=f"keyless/{uuid.uuid4()}", SecretString=value)["ARN"])
    function = "arn:aws:lambda:us-east-1:000000000000:function:rotation"
    secrets_manager.rotate_secret(SecretId=arn, RotationLambdaARN=function, RotateImmediately=False)
    monkeypatch.setattr(rotation, "secrets_manager", lambda arn: secrets_manager)
    wanted = spec(
        users=[{"username": "report", "auth_method": "password", "password_secret": arn, "databases": ["app"]}],
        acknowledged=[{"username": name, "reason": "of this test's world"} for name in ("keeper", "lambda_writer")],
    )
    converge(world.database, wanted, read_secret=partial(from_secrets_manager, client=secrets_manager))
    return arn


def rotate(world: World, role: Role, secret: str, token: str, connect_seconds: str = "0.1") -> None:
    """The four steps, with the environment that the function has, for as long as they take.

    The role's credentials come from a file: ministack's verifier, which runs in this process, takes those in the
    environment for its own.
    """
    profile = world.folder / "credentials"
    keys = {
        "aws_access_key_id": role.credentials.access_key,
        "aws_secret_access_key": role.credentials.secret_key,
        "aws_session_token": role.credentials.token,
    }
    profile.write_text("[default]\n" + "".join(f"{name} = {value}\n" for name, value in keys.items()))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "PGHOST": world.cluster.host,
            "PGHOSTADDR": world.cluster.address,
            "PGPORT": str(world.cluster.port),
            "PGUSER": MASTER,
            "PGSSLROOTCERT": str(world.authority.root),
            "AWS_REGION": REGION,
            "AWS_SHARED_CREDENTIALS_FILE": str(profile),
            "MANAGED_BY": "keyless-aurora",
            "CONNECT_SECONDS": connect_seconds,
        }.items():
            patch.setenv(name, value)
        for step in STEPS:
            rotation.handler({"Step": step, "SecretId": secret, "ClientRequestToken": token}, None)


def begin(secrets_manager: Any, secret: str) -> str:
    token = str(uuid.uuid4())
    secrets_manager.put_secret_value(SecretId=secret, ClientRequestToken=token, VersionStages=["AWSPENDING"])
    return token


def password(secrets_manager: Any, secret: str) -> str:
    return str(json.loads(secrets_manager.get_secret_value(SecretId=secret)["SecretString"])["password"])


def test_the_master_comes_in_with_a_token_and_the_user_with_the_new_password(
    world: World, secret: str, secrets_manager: Any
) -> None:
    assert world.enter(world.cluster, "the first", "report") == "report"
    token = begin(secrets_manager, secret)
    rotate(world, Role("rotation", [grant(world.cluster, MASTER)]), secret, token)
    assert secrets_manager.get_secret_value(SecretId=secret)["VersionId"] == token
    assert world.enter(world.cluster, password(secrets_manager, secret), "report") == "report"
    with pytest.raises(Exception, match="password authentication failed"):
        world.enter(world.cluster, "the first", "report")


def test_a_role_that_may_not_be_the_master_rotates_nothing(world: World, secret: str, secrets_manager: Any) -> None:
    token = begin(secrets_manager, secret)
    with pytest.raises(UnreachableError, match="PAM authentication failed"):
        rotate(world, Role("rotation", [grant(world.cluster, "report")]), secret, token)
    assert world.enter(world.cluster, "the first", "report") == "report"


def test_a_database_that_is_late_is_waited_for(world: World, secret: str, secrets_manager: Any) -> None:
    (folder := world.folder / "late").mkdir()
    late = replace(world, folder=folder, delays=Delays(database=0.5, iam_login=0.5))
    token = begin(secrets_manager, secret)
    with late.endpoints():
        rotate(late, Role("rotation", [grant(late.cluster, MASTER)]), secret, token, connect_seconds="20")
    assert secrets_manager.get_secret_value(SecretId=secret)["VersionId"] == token
