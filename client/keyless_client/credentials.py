"""The AWS credentials that tokens are signed with and secrets are read with: Lambda's from the environment, without an
SDK, any others by botocore, asked for once in a process and renewed by it."""

import os
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from keyless_client.environment import is_text
from keyless_client.errors import ConnectError
from keyless_client.refusals import Passing

_ALLOWED = (
    "allowed: a Lambda's or container's role, a profile (AWS_PROFILE), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_making = Lock()


class Key(NamedTuple):
    """An access key. Its text never shows the secret parts."""

    id: str
    secret: str
    session_token: str = ""

    def __repr__(self) -> str:
        return f"Key({self.id})"


def current_key(attempt: str) -> Key:
    """The key as it is now: a role's changes every few hours.

    Args:
        attempt: what it is for, as an error begins.

    Raises:
        ConnectError: when there is none, or it can't be read.
    """
    key = in_environment(os.environ) or _found(attempt)
    if not all(is_text(part) for part in key):
        raise ConnectError(f"{attempt}: the AWS credentials hold bytes that aren't text; {_ALLOWED}")
    return key


def in_environment(environment: Mapping[str, str]) -> Key | None:
    """The key that Lambda's runtime sets, by the names that botocore reads first of all."""
    id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not id or not secret:
        return None
    return Key(id, secret, environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN") or "")


def _found(attempt: str) -> Key:
    found = _asked_for()
    if isinstance(found, Key):
        return found
    raise ConnectError(f"{attempt}: {found.text}; {_ALLOWED}", found.passing)


class _Unreadable(NamedTuple):
    text: str
    passing: Passing = Passing.NEVER


def _asked_for() -> Key | _Unreadable:
    # Imported here, since a Lambda's own role needs none of it.
    from botocore.exceptions import BotoCoreError, CredentialRetrievalError, HTTPClientError

    try:
        with _making:
            credentials = session().get_credentials()
        key = credentials.get_frozen_credentials() if credentials else None
    except Exception as error:  # a bad variable, file or answer is whatever its parser raises in botocore
        passing = Passing.READY if isinstance(error, (CredentialRetrievalError, HTTPClientError)) else Passing.NEVER
        kind = "" if isinstance(error, (BotoCoreError, OSError)) else f"{type(error).__name__}: "
        return _Unreadable(f"the AWS credentials can't be read: {kind}{error}", passing)
    return Key(key.access_key, key.secret_key, key.token or "") if key else _Unreadable("there are no AWS credentials")


def session() -> Any:
    """botocore's session, one for the process: it keeps the credentials that it found, and renews them in time. Another
    one where the environment names others meanwhile."""
    return _session(frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")))


@lru_cache(maxsize=4)
def _session(environment: frozenset[tuple[str, str]]) -> Any:
    from botocore.session import Session

    return Session()
