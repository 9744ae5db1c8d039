"""Rotation: Secrets Manager calls the secret's rotation function for its four steps, which ministack leaves out.

Runs in ministack's own process. Whether Secrets Manager may call the function is decided by ministack's evaluator, on
the function's policy as deployed.
"""

import json
import logging
import threading
from collections.abc import Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, json_response, new_uuid
from ministack.services import lambda_svc, secretsmanager

from keyless.rehearsal.emulator.iam import root
from keyless.rehearsal.emulator.services.secrets_manager.answers import Answer, refused

_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_SERVICE = "secretsmanager.amazonaws.com"
_log = logging.getLogger("keyless.secrets")


def install() -> None:
    secretsmanager._rotate_secret = rotate


def rotate(request: Mapping[str, Any]) -> Answer:
    """RotateSecret: announce the new version and call the rotation function for its four steps, if it may be called."""
    _, secret = secretsmanager._resolve(request.get("SecretId"))
    if not secret:
        return refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    function = request.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function or not _may_call(function, secret["ARN"]):
        return refused(
            "AccessDeniedException" if function else "InvalidRequestException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com",
        )
    rules = request.get("RotationRules") or secret.get("RotationRules")
    secret |= {"RotationLambdaARN": function, "RotationRules": rules, "RotationEnabled": True}
    token = _pending(secret) or request.get("ClientRequestToken") or new_uuid()
    empty = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": secret["LastChangedDate"],
        "Stages": ["AWSPENDING"],
    }
    secret["Versions"].setdefault(token, empty)
    rotation = (secret, function, token, request.get("RotateImmediately", True), get_region())
    threading.Thread(target=_drive, args=rotation, daemon=True).start()
    answer: Answer = json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})
    return answer


def _pending(secret: Mapping[str, Any]) -> str | None:
    """The version of a rotation that has not finished, which is tried again."""
    versions = secret["Versions"].items()
    return next((version for version, value in versions if value["Stages"] == ["AWSPENDING"]), None)


def _may_call(function: str, secret: str) -> bool:
    found = lambda_svc.function_policy_for_arn(function)
    account = get_account_id()
    context = EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account=account,
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=get_region(),
        service_context={"aws:sourceaccount": account, "aws:sourcearn": secret},
    )
    return bool(found) and evaluate_resource_policy(found[0], context, service=_SERVICE).decision == "Allow"


def _drive(secret: dict[str, Any], function: str, token: str, rotates: bool, region: str) -> None:
    """Secrets Manager's part of a rotation, as the service itself. It ends at the first step that fails.

    A rotation that is only set up is tried by the one step testSecret, on a version that is removed afterwards.
    """
    client = root.client("lambda", region)
    for step in _STEPS if rotates else ("testSecret",):
        event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            _log.warning(
                "rotation of %s: step %s failed: %s",
                secret["ARN"],
                step,
                answer["Payload"].read().decode(errors="replace"),
            )
            break
    if not rotates:
        secret["Versions"].pop(token, None)
