"""Users with secrets on an RDS instance: every line holds, and each broken control turns the right lines red."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from keyless.rehearsal.deployment import secrets
from keyless.rehearsal.lines.drift import drift
from keyless.rehearsal.lines.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.lines.writer import Writer
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.lines import policies
from tests.rehearsal.lines.breaks import Break, with_tls_optional_at_the_database, with_tls_optional_at_the_proxy

READ, DECRYPT, ROTATE = "secretsmanager:GetSecretValue", "kms:Decrypt", "secretsmanager:PutSecretValue"
ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:nobodys-AbCdEf"
THROUGH_THE_PROXY = {
    "migrator runs its migrations",
    "writer inserts through the proxy",
    "writer selects",
    "writer reaches another schema",
    "writer creates a table",
    "wrong password",
    "writer's password as migrator",
    "writer with an IAM token",
    "writer inserts after the rotation",
    "the password before the rotation",
}


@pytest.fixture(scope="module")
def secret_stage() -> Iterator[Stage]:
    with Stage("dev", print, Variant("instance", "B")) as deployed:
        yield deployed


def test_every_line_holds_on_what_is_deployed(secret_stage: Stage) -> None:
    lines = list(who_can_do_what(secret_stage))
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert len(lines) == 19


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


WRITER, MIGRATOR = function("workload", "Writer"), function("workload", "Migrator")
BREAKS: dict[str, tuple[Break, set[str]]] = {
    # A function that has read its secret goes on with it until a rotation.
    "the writer's right on its secret dropped": (moved(WRITER, READ), {"writer inserts after the rotation"}),
    "the writer's right on the key dropped": (moved(WRITER, DECRYPT), {"writer inserts after the rotation"}),
    "the writer's policy widened to *": (moved(WRITER, READ, "*"), {"writer reads migrator's secret"}),
    "the migrator's policy widened to *": (moved(MIGRATOR, READ, "*"), {"migrator reads writer's secret"}),
    "the proxy's right on the secrets dropped": (moved(proxy, READ), THROUGH_THE_PROXY),
    "the proxy's right on the key dropped": (moved(proxy, DECRYPT), THROUGH_THE_PROXY),
    "IAM required at the proxy": (with_iam_required_at_the_proxy, THROUGH_THE_PROXY),
    "the rotation function's right dropped": (
        without_a_rotation_function_that_works,
        {"a rotation of writer's secret", "the password before the rotation"},
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, {"no TLS, at the proxy"}),
    "TLS optional at the instance": (with_tls_optional_at_the_database, {"no TLS, at the instance"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(secret_stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    Writer(
        secret_stage, secret_stage.deployed.function("workload", "Writer")
    ).works()  # whatever broke before, it knows its secret now
    with control(secret_stage):
        lines = list(who_can_do_what(secret_stage))
    assert {line.what for line in lines if not line.holds} == red


def test_all_is_well_again_after_the_breaks_and_a_rotation_is_no_drift(secret_stage: Stage) -> None:
    lines = [*who_can_do_what(secret_stage), *drift(secret_stage), *again(secret_stage), *going_down(secret_stage)]
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert secret_stage.deployed.stacks() == set()
