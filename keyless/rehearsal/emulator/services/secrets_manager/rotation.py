"""What AWS Secrets Manager does and ministack's leaves out: it asks KMS about the caller, and rotates by calling the
function.

Runs in ministack's own process. Whether the caller may use the key is ministack's own evaluator's word, on role and key
policy as deployed.
"""

import json
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import boto3
from ministack.core.iam_evaluator import EvalContext, enforce, evaluate_resource_policy
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid
from ministack.core.router import extract_access_key_id
from ministack.services import kms, lambda_svc, secretsmanager

_KEY_ACTION = {"GetSecretValue": "kms:Decrypt", "PutSecretValue": "kms:GenerateDataKey"}
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_SERVICE = "secretsmanager.amazonaws.com"
_log = logging.getLogger("keyless.secrets")
_Answer = tuple[int, Mapping[str, str], bytes]
_Handler = Callable[..., Awaitable[_Answer]]


def install() -> None:
    """Put these in front of ministack's own, which do the rest."""
    secretsmanager.handle_request = _guarded(secretsmanager.handle_request)
    secretsmanager._get_secret_value = _with_values_only(secretsmanager._get_secret_value)
    secretsmanager._rotate_secret = rotate


def _guarded(handle: _Handler) -> _Handler:
    async def guarded(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> _Answer:
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if action in _KEY_ACTION and (refusal := _key_refusal(action, json.loads(body or b"{}"), headers, query)):
            return refusal
        return await handle(method, path, headers, body, query)

    return guarded


def _key_refusal(
    action: str, asked: Mapping[str, Any], headers: Mapping[str, str], query: Mapping[str, Any]
) -> _Answer | None:
    """Secrets Manager uses the secret's own key in the caller's name. A secret without one has AWS's, which everybody
    may use."""
    _, secret = secretsmanager._resolve(asked.get("SecretId"))
    if not secret or not secret.get("KmsKeyId"):
        return None
    key = kms._resolve_key(secret["KmsKeyId"])
    if not key or key["KeyState"] != "Enabled":
        return _refused(
            "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
        )
    region = get_region()
    context = {
        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
        "kms:CallerAccount": get_account_id(),
        "kms:EncryptionContext:SecretARN": secret["ARN"],
    }
    caller = extract_access_key_id(headers, query) or ""
    if enforce(caller, _KEY_ACTION[action], "kms", region, resource_arn=key["Arn"], service_context=context) is None:
        return None
    return _refused("AccessDeniedException", "Access to KMS is not allowed")


def _with_values_only(get: Callable[[Mapping[str, Any]], _Answer]) -> Callable[[Mapping[str, Any]], _Answer]:
    """A version that a rotation has announced has no value until its function puts one."""

    def get_value(asked: Mapping[str, Any]) -> _Answer:
        status, headers, body = get(asked)
        if status < 400 and not {"SecretString", "SecretBinary"} & json.loads(body).keys():
            return _refused(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret value: it has none yet"
            )
        return status, headers, body

    return get_value


def rotate(asked: Mapping[str, Any]) -> _Answer:
    """RotateSecret: checks that the function may be called, announces the new version, and lets the function do the
    four steps."""
    _, secret = secretsmanager._resolve(asked.get("SecretId"))
    if not secret:
        return _refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    function = asked.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function or not _may_call(function, secret["ARN"]):
        return _refused(
            "AccessDeniedException" if function else "InvalidRequestException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal "
            "secretsmanager.amazonaws.com",
        )
    rules = asked.get("RotationRules") or secret.get("RotationRules")
    secret |= {"RotationLambdaARN": function, "RotationRules": rules, "RotationEnabled": True}
    token = _pending(secret) or asked.get("ClientRequestToken") or new_uuid()
    empty = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": secret["LastChangedDate"],
        "Stages": ["AWSPENDING"],
    }
    secret["Versions"].setdefault(token, empty)
    rotation = (secret, function, token, asked.get("RotateImmediately", True), get_region(), get_account_id())
    threading.Thread(target=_drive, args=rotation, daemon=True).start()
    answer: _Answer = json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})
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


def _drive(secret: dict[str, Any], function: str, token: str, rotates: bool, region: str, account: str) -> None:
    """Secrets Manager's part of a rotation, as the service itself. It ends at the first step that fails.

    When a rotation is only set up, it is tried by the one step testSecret on a version without a value, which then
    goes.
    """
    session = boto3.Session(account, "test", region_name=region)  # the account's root, as everywhere in ministack
    client = session.client("lambda", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")
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


def _refused(code: str, message: str) -> _Answer:
    answer: _Answer = error_response_json(code, message, 400)
    return answer
