"""Sessions of deployed roles, and what a function's environment gets beside them. Runs in ministack's own process.

Credentials are ministack's own; added are what AWS has and ministack lacks: an expiry, without which its token
verifier refuses a session, and the check that the role trusts the service that uses it.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.services import iam, sts

LIFETIME = 6 * 3600
"""Seconds a session lives."""
_LAMBDA = "lambda.amazonaws.com"
_credentials_of: Callable[[Mapping[str, Any]], dict[str, str]] = lambda_runtime.execution_credentials


class RoleError(Exception):
    """A role can't be used as asked."""


@dataclass(frozen=True)
class Endpoint:
    """Where on this machine a database endpoint really listens, and the file of the CA that vouches for it."""

    address: str
    ca_file: str


class Endpoints:
    """Host name -> where it listens. Set at run time, read when a function's process starts."""

    def __init__(self) -> None:
        self._table: dict[str, Endpoint] = {}

    def replace(self, table: Mapping[str, Endpoint]) -> None:
        self._table = dict(table)

    def variables(self, config: Mapping[str, Any]) -> dict[str, str]:
        """libpq variables that lead the function of this configuration to the endpoint its PGHOST names."""
        host = config.get("Environment", {}).get("Variables", {}).get("PGHOST", "")
        endpoint = self._table.get(host)
        return {"PGHOSTADDR": endpoint.address, "PGSSLROOTCERT": endpoint.ca_file} if endpoint else {}


def function_environment(endpoints: Endpoints) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """What stands in for ministack's `execution_credentials`: the same credentials, and the endpoint variables."""

    def environment(config: Mapping[str, Any]) -> dict[str, str]:
        return {**_session(config, _LAMBDA), **endpoints.variables(config)}

    return environment


def role_session(role_arn: str, service: str, region: str) -> dict[str, str]:
    """Credentials of the role, as a function running under it would get them, in AWS_* variables.

    Raises:
        RoleError: there is no such role, or it doesn't trust `service`.
    """
    name = f"rehearsal-{uuid.uuid4().hex[:12]}"
    arn = f"arn:aws:lambda:{region}:{_account(role_arn)}:function:{name}"
    return _session({"Role": role_arn, "FunctionName": name, "FunctionArn": arn}, service)


def _session(config: Mapping[str, Any], service: str) -> dict[str, str]:
    _require_trust(config["Role"], service, config["FunctionArn"].split(":")[3])
    credentials = _credentials_of(config)
    sts._sessions[credentials["AWS_ACCESS_KEY_ID"]]["Expiration"] = time.time() + LIFETIME
    return credentials


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
        service_context={"aws:sourceaccount": account},
    )
    if (
        evaluate_resource_policy(_with_resource(role["AssumeRolePolicyDocument"]), context, service=service).decision
        != "Allow"
    ):
        raise RoleError(f"the role {role_arn} cannot be assumed by {service}: its trust policy does not allow it")


def _with_resource(trust: str | dict[str, Any]) -> dict[str, Any]:
    """A trust policy names no resource, which the evaluator of resource policies wants."""
    document = json.loads(trust) if isinstance(trust, str) else trust
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return {**document, "Statement": [{**statement, "Resource": "*"} for statement in statements]}


def _account(role_arn: str) -> str:
    parts = role_arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise RoleError(f"{role_arn!r} is not the ARN of a role, as in arn:aws:iam::123456789012:role/name")
    return parts[4]
