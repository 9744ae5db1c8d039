"""Sessions of deployed roles. Runs in ministack's own process.

ministack's own credentials of a function are computed from its name and its role's, so that anybody could compute them;
they never expire, and don't depend on whom the role trusts.
"""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.services import iam, sts

from keyless.rehearsal.emulator.iam.credentials import RoleSession

LIFETIME = 6 * 3600
"""Seconds a session lives."""
LAMBDA = "lambda.amazonaws.com"
ECS_TASKS = "ecs-tasks.amazonaws.com"


class RoleError(Exception):
    """A role can't be used as requested."""


def role_session(role_arn: str, service: str, region: str) -> dict[str, str]:
    """Credentials of the role, as a function running under it would get them, in AWS_* variables.

    Raises:
        RoleError: the role does not exist, or doesn't trust `service`.
    """
    name = f"rehearsal-{uuid.uuid4().hex[:12]}"
    arn = f"arn:aws:lambda:{region}:{_account(role_arn)}:function:{name}"
    return function_session({"Role": role_arn, "FunctionName": name, "FunctionArn": arn}, service)


def function_session(config: Mapping[str, Any], service: str = LAMBDA) -> dict[str, str]:
    """Credentials of the role in a function's configuration. Raises RoleError as `role_session` does."""
    _require_trust(config["Role"], service, config["FunctionArn"].split(":")[3])
    role, function = config["Role"].rsplit("/", 1)[-1], config["FunctionName"][:64]
    made = RoleSession.random()
    session = {
        "Arn": f"arn:aws:sts::{_account(config['Role'])}:assumed-role/{role}/{function}",
        "UserId": f"{role}:{function}",
        "SecretAccessKey": made.secret_access_key,
        "SessionToken": made.session_token,
        "Expiration": time.time() + LIFETIME,
    }
    sts.register_session(made.access_key_id, session)
    return made.variables


def _require_trust(role_arn: str, service: str, region: str) -> None:
    account = _account(role_arn)
    role = iam._roles.get_scoped(account, None, role_arn.rsplit("/", 1)[-1])
    if role is None:
        raise RoleError(f"the role {role_arn} does not exist")
    context = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=region,
        service_context={"aws:sourceaccount": account, **_source(service, region, account)},
    )
    if (
        evaluate_resource_policy(_with_resource(role["AssumeRolePolicyDocument"]), context, service=service).decision
        != "Allow"
    ):
        raise RoleError(f"the role {role_arn} cannot be assumed by {service}: its trust policy does not allow it")


def _source(service: str, region: str, account: str) -> dict[str, str]:
    """For whom a service takes the role: ECS says the task (ECS Developer Guide, "Task IAM role")."""
    return {"aws:sourcearn": f"arn:aws:ecs:{region}:{account}:task/rehearsed"} if service == ECS_TASKS else {}


def _with_resource(trust: str | dict[str, Any]) -> dict[str, Any]:
    """A trust policy names no resource, which the evaluator of resource policies requires."""
    document = json.loads(trust) if isinstance(trust, str) else trust
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return {**document, "Statement": [{**statement, "Resource": "*"} for statement in statements]}


def _account(role_arn: str) -> str:
    parts = role_arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise RoleError(f"{role_arn!r} is not the ARN of a role, as in arn:aws:iam::123456789012:role/name")
    return parts[4]
