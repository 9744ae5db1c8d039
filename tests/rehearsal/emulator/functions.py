"""Makes roles and functions on a running cloud, for tests."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from keyless.rehearsal.emulator.cloud import Cloud


def create_role(cloud: Cloud, name: str, service: str, **statement: Any) -> str:
    """A role that trusts the service, with one inline policy statement when one is given. Returns its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}],
    }
    arn = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if statement:
        allow(cloud, name, statement)
    return str(arn)


def allow(cloud: Cloud, role: str, *statements: Mapping[str, Any]) -> None:
    """Give the role exactly these statements."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    cloud.client("iam").put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=json.dumps(document))


def create_function(
    cloud: Cloud, name: str, role: str, code: str, environment: Mapping[str, str] | None = None
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", code)
    cloud.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": dict(environment or {})},
        Timeout=20,
    )


def invoke(cloud: Cloud, name: str) -> Any:
    return json.loads(cloud.client("lambda").invoke(FunctionName=name)["Payload"].read())
