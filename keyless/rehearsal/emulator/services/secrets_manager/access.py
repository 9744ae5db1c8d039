"""Who may read and write a secret's value: Secrets Manager asks KMS about the caller, which ministack leaves out.

Runs in ministack's own process. ministack's evaluator decides whether the caller may use the key, on the policies of
role and key as deployed.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import kms, secretsmanager

from keyless.rehearsal.emulator.services.secrets_manager.answers import Answer, refused

_KEY_ACTION = {"GetSecretValue": "kms:Decrypt", "PutSecretValue": "kms:GenerateDataKey"}
_Handler = Callable[..., Awaitable[Answer]]


def install() -> None:
    """Check before ministack's own functions, which do the rest."""
    secretsmanager.handle_request = _guarded(secretsmanager.handle_request)
    secretsmanager._get_secret_value = _with_values_only(secretsmanager._get_secret_value)


def _guarded(handle: _Handler) -> _Handler:
    async def guarded(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if action in _KEY_ACTION and (refusal := _key_refusal(action, json.loads(body or b"{}"), headers, query)):
            return refusal
        return await handle(method, path, headers, body, query)

    return guarded


def _key_refusal(
    action: str, request: Mapping[str, Any], headers: Mapping[str, str], query: Mapping[str, Any]
) -> Answer | None:
    """The refusal when the caller may not use the secret's key. AWS's default key is open to everybody."""
    _, secret = secretsmanager._resolve(request.get("SecretId"))
    if not secret or not secret.get("KmsKeyId"):
        return None
    key = kms._resolve_key(secret["KmsKeyId"])
    if not key or key["KeyState"] != "Enabled":
        return refused(
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
    return refused("AccessDeniedException", "Access to KMS is not allowed")


def _with_values_only(get: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """A version that a rotation has announced has no value until its function puts one."""

    def get_value(request: Mapping[str, Any]) -> Answer:
        status, headers, body = get(request)
        if status < 400 and not {"SecretString", "SecretBinary"} & json.loads(body).keys():
            return refused(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret value: it has none yet"
            )
        return status, headers, body

    return get_value
