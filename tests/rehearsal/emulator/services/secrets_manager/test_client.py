"""What keyless_client reports when the policies refuse it a secret."""

import json
from collections.abc import Iterator

import pytest

from keyless_client import ConnectError, secret
from tests.rehearsal.stored_secret import StoredSecret


@pytest.fixture(autouse=True)
def no_cached_password() -> Iterator[None]:
    yield
    secret._passwords.clear()


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("no secret", "there is no such secret in us-east-1"),
        ("no right", "allow the function's role secretsmanager:GetSecretValue on exactly this ARN"),
        ("no key", "allow the function's role kms:Decrypt on the secret's key"),
        ("denied", "the secret's own resource policy denies it"),
    ],
)
def test_what_the_client_says_when_the_policies_say_no(
    stored: StoredSecret, kind: str, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = stored.cloud.role_session(stored.role)
    for name, value in (
        ("AWS_ENDPOINT_URL", stored.cloud.endpoint_url),
        ("AWS_ACCESS_KEY_ID", session.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", session.secret_access_key),
        ("AWS_SESSION_TOKEN", session.session_token),
    ):
        monkeypatch.setenv(name, value)
    assert secret.password(stored.arn, "writer") == "the-first-one"
    secret._passwords.clear()
    arn, deny = (
        stored.arn,
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    )
    if kind == "no secret":
        arn = stored.arn.replace("stored-", "gone-")
        stored.allow({**stored.rights[0], "Resource": arn}, stored.rights[1])
    if kind == "no right":
        stored.allow(stored.rights[1])
    if kind == "no key":
        stored.allow(stored.rights[0])
    if kind == "denied":
        stored.cloud.client("secretsmanager").put_resource_policy(
            SecretId=arn, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": deny})
        )
    with pytest.raises(ConnectError, match=check) as refusal:
        secret.password(arn, "writer")
    assert f"secret {arn} can't be read" in str(refusal.value)
    stored.cloud.client("secretsmanager").delete_resource_policy(SecretId=stored.arn)
