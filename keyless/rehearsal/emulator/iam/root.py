"""The account's root: one random key for each run. Runs in ministack's own process.

ministack by itself takes the key `test`, any account's id and no key at all for root, and checks no such signature. Any
local user could then make a function, which runs as whoever started the rehearsal.
"""

import os
import time
from typing import Any

import boto3
from ministack.core import iam_evaluator
from ministack.services import sts

_LIFETIME = 365 * 24 * 3600
"""Seconds; longer than any rehearsal."""
_credentials: dict[str, str] = {}


def install() -> None:
    """No key is root's by its looks; until `register` is called there is no root."""
    for module in (iam_evaluator, sts):
        module.is_root_access_key = lambda key: False


def register(access_key_id: str, secret_access_key: str, session_token: str, account: str) -> None:
    """Make this the account's root. Its signatures are verified as every other session's are."""
    _credentials.update(
        aws_access_key_id=access_key_id, aws_secret_access_key=secret_access_key, aws_session_token=session_token
    )
    session = {
        "Arn": f"arn:aws:iam::{account}:root",
        "AccountId": account,
        "UserId": account,
        "PrincipalType": "Root",
        "SecretAccessKey": secret_access_key,
        "SessionToken": session_token,
        "Expiration": time.time() + _LIFETIME,
    }
    sts.register_session(access_key_id, session)


def client(service: str, region: str) -> Any:
    """A client of this cloud, for what a service does by itself."""
    url = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
    return boto3.Session().client(service, region, endpoint_url=url, **_credentials)  # type: ignore[call-overload]
