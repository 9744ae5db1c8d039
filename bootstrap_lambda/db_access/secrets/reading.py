"""Passwords from Secrets Manager. Logs and shows none."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db_access.errors import SecretError
from db_access.spec import AccessSpec

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 7
"""Of a call that is throttled or not answered: up to half a minute, by botocore's growing pauses. Usual are 5."""


@dataclass(frozen=True)
class Secret:
    password: str = field(repr=False)
    version: str
    """The version's id, which changes with every new value, and of which secret: what the role's comment says."""
    username: str | None = None
    """Whose it is, if it says so."""


ReadSecret = Callable[[str], Secret]
"""The current version of the secret with an ARN. Raises SecretError."""


def from_secrets_manager(arn: str, client: Any = None) -> Secret:
    """Read a secret with the process's AWS credentials, in the region that the ARN names.

    Raises:
        SecretError: with the service's error code. Neither it nor its cause has any of the value.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # specs without passwords need no AWS

    try:
        answer = (client or secrets_manager(arn)).get_secret_value(SecretId=arn)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        raise SecretError(f"secret {arn} can't be read ({code}); {_advice(code)}") from error
    except BotoCoreError as error:
        raise SecretError(f"secret {arn} can't be read: {error}") from error
    return _secret(arn, answer.get("SecretString"), version_of(answer["ARN"], answer["VersionId"]))


def _advice(code: str) -> str:
    if "Throttl" in code or code == "TooManyRequestsException":
        return (
            f"after {_ATTEMPTS} attempts; look at what else reads secrets in this account so often, then deploy again"
        )
    return "allowed: one that exists and that GetSecretValue is allowed on"


def version_of(arn: str, version_id: str) -> str:
    """`… of reporting-AbCdEf`: whoever writes secrets chooses the ids of their versions, and could choose another's."""
    return f"{version_id} of {arn.split(':')[-1]}"


def secrets_manager(arn: str) -> Any:
    """A client of Secrets Manager in the region that the ARN names."""
    from botocore.config import Config
    from botocore.session import Session

    retries: Any = {"mode": "standard", "total_max_attempts": _ATTEMPTS}
    patient = Config(connect_timeout=5, read_timeout=10, retries=retries)
    return Session().create_client("secretsmanager", region_name=arn.split(":")[3], config=patient)


def _secret(arn: str, text: str | None, version: str) -> Secret:
    """The text itself, or the fields of a JSON object, as RDS and the rotation functions write it."""
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError):
        document = None
    fields = document if isinstance(document, dict) else {"password": text}
    password, username = fields.get("password"), fields.get("username")
    if not isinstance(password, str) or not password or "\0" in password:
        raise SecretError(f"secret {arn} holds no password; allowed: a text, or a JSON object with a field `password`")
    return Secret(password, version, username if isinstance(username, str) else None)


def passwords_of(spec: AccessSpec, read_secret: ReadSecret) -> dict[str, Secret]:
    """The current password of each user that has a secret, by username; each secret is read once. Says who has none.

    Raises:
        SecretError: when one can't be read, or says that it is another user's. Nothing was changed.
    """
    arns = {user.username: user.password_secret for user in spec.users if user.password_secret is not None}
    for user in spec.users:
        if user.auth_method == "password" and user.password_secret is None:
            _LOG.warning(
                "no secret is named for user %r, so its password stays as it is, and a new user has none; "
                "allowed: password_secret in the access spec, or --secret %s=ARN on the command line",
                user.username,
                user.username,
            )
    secrets = {arn: read_secret(arn) for arn in dict.fromkeys(arns.values())}
    for username, arn in arns.items():
        if (whose := secrets[arn].username) not in (None, username):
            raise SecretError(
                f"secret {arn} is user {whose!r}'s by its field `username`, and is named for user {username!r}; "
                "allowed: a secret of its own, or one that names no user"
            )
    _refuse_one_by_two_names(secrets)
    return {username: secrets[arn] for username, arn in arns.items()}


def _refuse_one_by_two_names(secrets: Mapping[str, Secret]) -> None:
    """Secrets Manager takes a secret's ARN without its last characters, too, so that two texts may be one secret."""
    named: dict[str, str] = {}
    for arn, secret in secrets.items():
        if (other := named.setdefault(secret.version, arn)) != arn and " of " in secret.version:
            raise SecretError(
                f"{other} and {arn} are one secret, named for several users; allowed: one of its own for each, or the "
                "same ARN where users are to share it"
            )
