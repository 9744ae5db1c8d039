"""Throttled services answer as AWS's do, and what is deployed tries again."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from db_access.secrets import from_secrets_manager
from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.stored_secret import StoredSecret

CALLS: dict[str, tuple[Callable[[Any], object], str, int]] = {
    "secretsmanager": (lambda client: client.list_secrets(), "ThrottlingException", 400),
    "lambda": (lambda client: client.list_functions(), "TooManyRequestsException", 429),
    "cloudformation": (lambda client: client.list_stacks(), "ThrottlingException", 400),
    "s3": (lambda client: client.list_buckets(), "SlowDown", 503),
}


@pytest.fixture
def throttled(cloud: Cloud) -> Iterator[Cloud]:
    cloud.throttle(2)
    yield cloud
    cloud.throttle(0)


def client(cloud: Cloud, service: str, attempts: int) -> Any:
    """Another's, which makes so many attempts."""
    variables = cloud.environment()
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=cloud.endpoint_url,
        region_name=cloud.region,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables.get("AWS_SESSION_TOKEN"),
        config=Config(retries={"total_max_attempts": attempts}),
    )


@pytest.mark.parametrize("service", CALLS)
def test_the_first_calls_are_refused_in_the_services_words_and_the_next_are_not(throttled: Cloud, service: str) -> None:
    call, code, status = CALLS[service]
    with pytest.raises(ClientError) as refused:
        call(client(throttled, service, attempts=1))
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    call(client(throttled, service, attempts=3))


def test_the_rehearsals_own_calls_are_not_counted(throttled: Cloud) -> None:
    throttled.client("cloudformation").list_stacks()
    with pytest.raises(ClientError, match="Rate exceeded"):
        client(throttled, "cloudformation", attempts=2).list_stacks()


def test_the_engine_reads_a_secret_all_the_same(stored: StoredSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stored.cloud.environment().items():
        monkeypatch.setenv(name, value)
    stored.cloud.throttle(2)
    try:
        assert from_secrets_manager(stored.arn).password == "the-first-one"
    finally:
        stored.cloud.throttle(0)
