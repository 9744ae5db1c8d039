"""The controls of secrets, broken on purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from keyless.rehearsal.deployment import secrets
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines import policies
from tests.rehearsal.lines.breaks import Break

READ, DECRYPT, ROTATE = "secretsmanager:GetSecretValue", "kms:Decrypt", "secretsmanager:PutSecretValue"
ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:nobodys-AbCdEf"


def function(part: str, name: str) -> Callable[[Stage], str]:
    return lambda stage: stage.deployed.function(part, name).role


def proxy(stage: Stage) -> str:
    return str(stage.deployed.proxy["RoleArn"])


def moved(role: Callable[[Stage], str], action: str, to: Any = ELSEWHERE) -> Break:
    """The right to `action` on another resource than it should be."""
    return lambda stage: policies.changed(stage, role(stage), policies.resources(action, lambda _: to))


@contextmanager
def without_a_rotation_function_that_works(stage: Stage) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, moved(rotation_role, ROTATE)(stage):
        patch.setattr(secrets, "_ROTATION_SECONDS", 4.0)
        yield


def rotation_role(stage: Stage) -> str:
    manager = stage.cloud.client("secretsmanager")
    arn = manager.describe_secret(SecretId=stage.deployed.secrets.arns["lambda_writer"])["RotationLambdaARN"]
    return str(stage.cloud.client("lambda").get_function_configuration(FunctionName=arn)["Role"])


@contextmanager
def with_iam_required_at_the_proxy(stage: Stage) -> Iterator[None]:
    rds, name = stage.cloud.client("rds"), stage.deployed.proxy["DBProxyName"]
    auth = rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0]["Auth"]
    rds.modify_db_proxy(DBProxyName=name, Auth=[{**entry, "IAMAuth": "REQUIRED"} for entry in auth])
    yield
    rds.modify_db_proxy(DBProxyName=name, Auth=auth)
