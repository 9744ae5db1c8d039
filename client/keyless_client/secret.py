"""A user's password, from AWS Secrets Manager. Kept in memory; never in a log or an error.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

import json
import logging
from typing import Any

from keyless_client.errors import ConnectError

_CONNECT_SECONDS, _READ_SECONDS = 3, 5
_passwords: dict[tuple[str, str], str] = {}


def password(arn: str, user: str) -> str:
    """The password of `user`, from the secret `arn`: JSON with `username` and `password`. Read once per process.

    Raises:
        ConnectError: when the secret can't be read, is another user's, or has no password.
    """
    return _passwords.get((arn, user)) or read_again(arn, user)


def read_again(arn: str, user: str) -> str:
    """As `password`, but always from Secrets Manager: after a refused login, since the secret may have been rotated."""
    _passwords.pop((arn, user), None)
    found = _password(_document(_text(arn)), arn, user)
    _passwords[arn, user] = found
    return found


def _text(arn: str) -> str:
    # Imported here, since functions with an IAM user need none of this.
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    from keyless_client.secret_errors import not_read

    logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # its debug lines hold whole responses
    region = arn.split(":")[3]
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    try:
        client: Any = Session().create_client("secretsmanager", region_name=region, config=config)
        answer = client.get_secret_value(SecretId=arn)
    except (BotoCoreError, ClientError) as error:
        raise not_read(arn, error) from error
    return str(answer.get("SecretString", ""))


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:  # not re-raised, not even as a cause: it holds the text
        document = None
    return document if isinstance(document, dict) else {}


def _password(document: dict[str, Any], arn: str, user: str) -> str:
    name, found = document.get("username"), document.get("password")
    if not isinstance(name, str) or not isinstance(found, str) or not found:
        raise ConnectError(
            f"cannot connect as {user}: secret {arn} has no password; allowed: a JSON object with the fields "
            "username and password"
        )
    if name != user:
        raise ConnectError(
            f"cannot connect as {user}: secret {arn} belongs to user {name!r}; allowed: the secret whose username "
            "is PGUSER"
        )
    return found
