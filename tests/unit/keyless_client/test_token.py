"""The token is the one AWS's own SDK makes, and an independent verifier accepts it for exactly one user, endpoint and
time."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.auth
import pytest
from ministack.core.rds_iam import RdsIamTokenError, VerifiedRdsToken, verify_rds_iam_token

from keyless_client import ConnectError, auth_token

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
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: moment)


@pytest.mark.parametrize("session", ["", "IQoJb3JpZ2luX2Vj//+a=="])
def test_a_token_equals_boto3s(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", session)
    sign_at(datetime(2026, 2, 3, 4, 5, 6), monkeypatch)
    boto3s = (
        boto3.Session()
        .client("rds", region_name="us-west-2")
        .generate_db_auth_token(TARGET["host"], TARGET["port"], "user@with+signs /é", TARGET["region"])
    )
    assert auth_token(**TARGET | {"user": "user@with+signs /é"}) == boto3s


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


def test_without_credentials_the_error_says_which_are_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(
        ConnectError, match=r"lambda_writer on app\.proxy.*no AWS credentials; allowed: a Lambda's or container's role"
    ):
        auth_token(**TARGET)


def test_a_warm_invocation_imports_no_aws_sdk_and_a_cold_one_no_boto3() -> None:
    program = f"""
import sys, keyless_client
assert "botocore" not in sys.modules, "importing keyless_client imports botocore"
keyless_client.auth_token(**{TARGET!r})
assert "boto3" not in sys.modules, "a token needs boto3"
"""
    paths = [path for path in sys.path if path.endswith("client")]
    subprocess.run([sys.executable, "-c", f"import sys; sys.path += {paths!r}\n{program}"], check=True)
