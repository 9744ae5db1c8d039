"""The token is the one AWS's own SDK makes, and an independent verifier accepts it for exactly one user, endpoint and
time."""

import string
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import botocore.auth
import pytest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.core.rds_iam import RdsIamTokenError, VerifiedRdsToken, verify_rds_iam_token

from keyless_client import auth_token, token
from keyless_client.credentials import Key

ACCOUNT = "123456789012"
TARGET: dict[str, Any] = {
    "host": "app.proxy-0a1b2c.eu-central-1.rds.amazonaws.com",
    "port": 5432,
    "user": "lambda_writer",
    "region": "eu-central-1",
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a/secret+key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2Vj//+a==" * 40)


def verdict(token: str, **other: Any) -> str:
    """`accepted`, or the verifier's reason."""
    target = TARGET | other
    target = {"hostname": target["host"], "port": target["port"], "db_user": target["user"], "region": target["region"]}
    judged = verify_rds_iam_token(token, account_id=ACCOUNT, **target)
    return "accepted" if isinstance(judged, VerifiedRdsToken) else judged.code


def sign_at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: moment.replace(tzinfo=None))
    monkeypatch.setattr(token, "time", lambda: moment.replace(tzinfo=UTC).timestamp())


_NAMES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=63)
_HOSTS = st.from_regex(
    r"[A-Za-z][A-Za-z0-9-]{0,20}\.(proxy-)?[a-z0-9]{8}\.[a-z]{2}-[a-z]{4}-\d\.rds\.amazonaws\.com", fullmatch=True
)
_SECRETS = st.text(string.ascii_letters + string.digits + "/+=", min_size=16, max_size=60)
_MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2199, 1, 1))


@settings(deadline=None)
@given(_NAMES, _HOSTS, st.integers(1150, 65535), _SECRETS, st.just("") | _SECRETS, _MOMENTS)
def test_a_token_equals_boto3s(user: str, host: str, port: int, secret: str, session: str, moment: datetime) -> None:
    """For any user, endpoint, key and time. RDS takes ports from 1150."""
    with pytest.MonkeyPatch.context() as patch:
        sign_at(moment, patch)
        assert signed_here(user, host, port, Key(ACCOUNT, secret, session), moment) == signed_by_boto3(
            user, host, port, secret, session
        )


def signed_here(user: str, host: str, port: int, key: Key, moment: datetime) -> str:
    return token.signed(
        key, host=host, port=port, user=user, region="us-west-2", moment=moment.replace(tzinfo=UTC).timestamp()
    )


def signed_by_boto3(user: str, host: str, port: int, secret: str, session: str) -> str:
    client = _rds("us-west-2")
    client._request_signer._credentials = Credentials(
        ACCOUNT, secret, session or None
    )  # a client of its own takes 50 ms
    return str(client.generate_db_auth_token(host, port, user, "us-west-2"))


@cache
def _rds(region: str) -> Any:
    return boto3.Session(ACCOUNT, "secret").client("rds", region_name=region)


@pytest.mark.parametrize("session", ["", "IQoJb3JpZ2luX2Vj//+a=="])
def test_a_token_is_signed_with_what_the_environment_has(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", session)
    sign_at(datetime(2026, 2, 3, 4, 5, 6), monkeypatch)
    boto3s = (
        boto3.Session()
        .client("rds", region_name="us-west-2")
        .generate_db_auth_token(*[TARGET[name] for name in ("host", "port", "user", "region")])
    )
    assert auth_token(**TARGET) == boto3s


def test_a_token_is_accepted_for_its_user_and_endpoint() -> None:
    assert verdict(auth_token(**TARGET)) == "accepted"


@pytest.mark.parametrize(
    "other",
    [
        {"host": "app.proxy-ffffff.eu-central-1.rds.amazonaws.com"},
        {"port": 5433},
        {"user": "migrator"},
        {"region": "us-east-1"},
    ],
)
def test_a_token_is_refused_for_everything_else(other: dict[str, Any]) -> None:
    assert verdict(auth_token(**TARGET), **other) == "InvalidToken"


@pytest.mark.parametrize(
    ("part", "instead"), [("DBUser=lambda_writer", "DBUser=migrator"), ("eu-central-1%2Frds-db", "us-east-1%2Frds-db")]
)
def test_a_token_rewritten_for_another_user_or_region_is_refused(part: str, instead: str) -> None:
    token = auth_token(**TARGET)
    assert part in token
    wish = {"user": "migrator"} if "DBUser" in part else {"region": "us-east-1"}
    assert verdict(token.replace(part, instead), **wish) == "SignatureDoesNotMatch"


def test_a_token_expires_after_fifteen_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    sign_at(now - timedelta(seconds=890), monkeypatch)
    assert verdict(auth_token(**TARGET)) == "accepted"
    sign_at(now - timedelta(seconds=901), monkeypatch)
    assert verdict(auth_token(**TARGET)) == "ExpiredToken"


def test_a_token_is_refused_when_the_credentials_are_not_the_signers(monkeypatch: pytest.MonkeyPatch) -> None:
    token = auth_token(**TARGET)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert verdict(token) == RdsIamTokenError("SignatureDoesNotMatch").code


def test_a_lambdas_token_needs_no_aws_sdk() -> None:
    """Neither when it is imported nor when it signs: botocore costs a first call more than all else."""
    program = f"""
import sys, keyless_client
keyless_client.auth_token(**{TARGET!r})
assert not {{"botocore", "boto3"}} & sys.modules.keys(), "a Lambda's token needs an SDK"
"""
    paths = [path for path in sys.path if path.endswith("client")]
    subprocess.run([sys.executable, "-c", f"import sys; sys.path += {paths!r}\n{program}"], check=True)
