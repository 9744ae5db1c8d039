"""Keys of a role in another account, which the function's own role assumes: asked for once, renewed in time."""

import re
from functools import lru_cache, partial
from threading import Lock
from typing import Any

from keyless_client.credentials import Key, current_key, session
from keyless_client.errors import ConnectError
from keyless_client.refusals import Passing

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_+=,.@-]")
_asking = Lock()
"""Many threads that begin together ask once."""


def assumed_key(role_arn: str, *, name: str, region: str, attempt: str) -> Key:
    """The key of `role_arn` as it is now.

    Args:
        name: the session's, which CloudTrail shows: the function's.
        region: whose STS is asked.
        attempt: what it is for, as an error begins.

    Raises:
        ConnectError: when the role can't be assumed.
    """
    # Imported here, since a function in the database's own account needs none of it.
    from botocore.exceptions import BotoCoreError, ClientError

    current_key(attempt)  # says what is wrong with the function's own
    try:
        with _asking:
            key = _credentials(role_arn, _NOT_IN_NAME.sub("-", name)[:64], region, session()).get_frozen_credentials()
    except (BotoCoreError, ClientError) as error:
        raise _not_assumed(role_arn, attempt, error) from None
    return Key(key.access_key, key.secret_key, key.token or "")


@lru_cache(maxsize=16)
def _credentials(role_arn: str, name: str, region: str, own: Any) -> Any:
    """`own` is botocore's session, another one where the environment has other credentials."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(own.create_client, region_name=region),
        source_credentials=own.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": name},
    )
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _not_assumed(role_arn: str, attempt: str, error: Exception) -> ConnectError:
    answer = getattr(error, "response", None)
    check = "STS does not answer: the function's subnets need a VPC endpoint for sts, with private DNS"
    passing = Passing.READY
    if answer:
        check = (
            "check that the function's role is allowed sts:AssumeRole on it, and that its trust policy names that role"
        )
        passing = Passing.SETTLES
    return ConnectError(f"{attempt}: role {role_arn} (DB_ROLE_ARN) can't be assumed: {check}: {error}", passing)
