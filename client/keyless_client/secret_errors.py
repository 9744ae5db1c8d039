"""Errors of Secrets Manager, with advice on what to check. Never holds a secret.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from keyless_client.errors import ConnectError
from keyless_client.refusals import Passing

_UNREACHABLE = (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, ConnectionClosedError)
_DENIED = (
    (
        "KMS",
        "allow the function's role kms:Decrypt on the secret's key, with kms:ViaService "
        "secretsmanager.{region}.amazonaws.com",
    ),
    ("VPC endpoint policy", "name this secret in the policy of the VPC endpoint for secretsmanager"),
    ("resource-based policy", "the secret's own resource policy denies it to the function's role"),
    ("", "allow the function's role secretsmanager:GetSecretValue on exactly this ARN"),
)
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
_SETTLES = _THROTTLED | {"AccessDeniedException", "InternalServiceError"}
"""A new role's policy takes effect seconds after it was made."""
_CHECKS = {
    "ResourceNotFoundException": "there is no such secret in {region}: check DB_SECRET_ARN, and that the stack that "
    "creates it is deployed",
    "InvalidRequestException": "the secret is marked for deletion or has no value yet",
    "DecryptionFailure": "its KMS key is disabled or gone: check the state of the secret's key",
}


def not_read(arn: str, error: BotoCoreError | ClientError | ValueError) -> ConnectError:
    """The error for a GetSecretValue that failed with `error`."""
    check = _check(error).format(region=arn.split(":")[3])
    return ConnectError(
        ": ".join(part for part in (f"cannot connect, secret {arn} can't be read", check, str(error)) if part),
        _passing(error),
    )


def _passing(error: BotoCoreError | ClientError | ValueError) -> Passing:
    if isinstance(error, _UNREACHABLE):
        return Passing.READY
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return Passing.SETTLES if code in _SETTLES else Passing.NEVER


def _check(error: BotoCoreError | ClientError | ValueError) -> str:
    if isinstance(error, _UNREACHABLE):
        return (
            "Secrets Manager does not answer: the function's subnets need a VPC endpoint for secretsmanager with "
            "private DNS, and the function's security group has to allow traffic to it on port 443"
        )
    if isinstance(error, NoCredentialsError):
        return "there are no AWS credentials; allowed: a Lambda's or container's role, a profile, the environment"
    if not isinstance(error, ClientError):
        return ""
    answer = error.response.get("Error", {})
    if answer.get("Code") in _THROTTLED:
        return "Secrets Manager answers too many calls in this account and region: look at who else reads so often"
    if answer.get("Code") == "AccessDeniedException":
        return next(check for text, check in _DENIED if text in answer.get("Message", ""))
    return _CHECKS.get(answer.get("Code", ""), "")
