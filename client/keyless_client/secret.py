"""A user's password, from AWS Secrets Manager. Kept in memory; never in a log or an error.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

import json
import logging
import math
import time
from threading import Lock
from typing import Any

from keyless_client.environment import is_text
from keyless_client.errors import ConnectError

_CONNECT_SECONDS, _READ_SECONDS = 3, 5
_passwords: dict[tuple[str, str], tuple[str, float]] = {}
"""Each with when it was found to be another one, on the monotonic clock."""
_JUST_NOW_SECONDS = 5
"""Who is refused in the same moment as others needs no further reading."""
_reading = Lock()
"""Many threads that begin together read it once."""


def password(arn: str, user: str) -> str:
    """The password of `user`, from the secret `arn`: JSON with `username` and `password`. Read once per process.

    Raises:
        ConnectError: when the secret can't be read, is another user's, or has no password.
    """
    with _reading:
        if (arn, user) not in _passwords:
            _passwords[arn, user] = _read(arn, user), -math.inf
        return _passwords[arn, user][0]


def renewed(arn: str, user: str) -> bool:
    """Read the secret again, after a refused login, and say whether it has been rotated since."""
    with _reading:
        known, changed = _passwords.get((arn, user), ("", -math.inf))
        now = time.monotonic()
        if now - changed < _JUST_NOW_SECONDS:
            return True
        found = _read(arn, user)
        _passwords[arn, user] = found, now if known and known != found else changed
        return known != found


def _read(arn: str, user: str) -> str:
    document = _document(_text(arn))
    if problem := _problem(document, user):
        del document  # a tool that reports errors with their frames' variables would show it
        raise ConnectError(f"cannot connect as {user}: secret {arn} {problem}")
    return str(document["password"])


def _text(arn: str) -> str:
    # Imported here, since functions with an IAM user need none of this.
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from keyless_client.credentials import current_key, session
    from keyless_client.secret_errors import not_read

    logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # its debug lines hold whole responses
    current_key(f"cannot connect, secret {arn} can't be read")  # what is wrong with it is said there
    region = arn.split(":")[3]
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    try:
        client: Any = session().create_client("secretsmanager", region_name=region, config=config)
        answer = client.get_secret_value(SecretId=arn)
    except (BotoCoreError, ClientError, ValueError) as error:  # the last, of a bad AWS_ENDPOINT_URL and the like
        raise not_read(arn, error) from error
    return str(answer.get("SecretString", ""))


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):  # not re-raised, not even as a cause: it holds the text
        document = None
    return document if isinstance(document, dict) else {}


def _problem(document: dict[str, Any], user: str) -> str:
    name, found = document.get("username"), document.get("password")
    if not isinstance(name, str) or not isinstance(found, str) or not found:
        return "has no password; allowed: a JSON object with the fields username and password"
    if not is_text(found):
        return "has a password that isn't text in UTF-8, or has a NUL in it; allowed: one that a server takes"
    if name != user:
        return f"belongs to user {name!r}; allowed: the secret whose username is {user!r}"
    return ""
