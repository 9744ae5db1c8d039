"""connect() tries as long as DB_LOGIN_SECONDS says, once per trouble, and throttled calls count as a trouble that
passes."""

import json

import pytest

from keyless_client import ConnectError, connect, secret, trouble
from keyless_client.waiting import WAITED
from tests.unit.keyless_client import client_endpoint, secrets_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.secrets_endpoint import ARN

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def patient(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.create(WRITER)
    monkeypatch.setenv("DB_LOGIN_SECONDS", "1")
    monkeypatch.setattr(trouble, "_in_trouble_since", {})


def test_who_waited_in_vain_tries_once_the_next_time_and_waits_again_after_a_login(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as nobody:
        nobody.setenv("PGPORT", "1")
        with pytest.raises(ConnectError, match=r"(?s)nothing listens on port 1.*gave up after"):
            connect()
        with pytest.raises(ConnectError, match="nothing listens on port 1") as second:
            connect()
    assert "gave up after" not in str(second.value)
    assert connect().info.user == WRITER


@pytest.mark.parametrize("value", ["-1", "901", "ten", "1.5"])
def test_a_wait_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_LOGIN_SECONDS", value)
    with pytest.raises(ConnectError, match=r"DB_LOGIN_SECONDS is .*; allowed: 0 to 900"):
        connect()


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_a_secret_that_is_throttled_or_not_allowed_yet_is_read_a_moment_later_and_the_log_says_how_long_it_took(
    endpoint: Endpoint, code: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret._passwords.clear()
    with secrets_endpoint.serving() as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", serving.url)
        monkeypatch.setenv("DB_SECRET_ARN", ARN)
        monkeypatch.setenv("DB_LOGIN_SECONDS", "20")
        serving.hold("another")
        serving.refuse_first(3, code)
        endpoint._set_password(WRITER, "another")
        assert connect().info.user == WRITER
    secret._passwords.clear()
    (waited,) = [json.loads(line)[WAITED] for line in caplog.messages if WAITED in line]
    assert waited.keys() == {"milliseconds", "attempts", "for"}
    assert waited["attempts"] > 1
    assert waited["for"] == ["settles"]


def test_a_login_that_works_at_once_is_not_in_the_log(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    connect()
    assert WAITED not in caplog.text
