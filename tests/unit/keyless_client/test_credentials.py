"""Credentials that aren't Lambda's: from whatever botocore knows, asked for once, and every failure with advice."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from keyless_client import ConnectError, auth_token
from keyless_client.credentials import Key, current_key

TARGET = {
    "host": "app.proxy-0a1b2c.eu-central-1.rds.amazonaws.com",
    "port": 5432,
    "user": "w",
    "region": "eu-central-1",
}


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None in the environment, and none to be found."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "SECURITY_TOKEN", "PROFILE", "DEFAULT_PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Container(ThreadingHTTPServer):
    """What gives an ECS task its role's credentials, each with a new key."""

    def __init__(self, lasts: timedelta) -> None:
        self.asked = 0

        class Answer(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:
                self.asked += 1
                expires = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
                key = {"AccessKeyId": f"ASIA{self.asked}", "SecretAccessKey": "s", "Token": "t", "Expiration": expires}
                handler.send_response(200)
                handler.end_headers()
                handler.wfile.write(json.dumps(key).encode())

            def log_message(handler, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)


@pytest.fixture
def container(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    server = Container(getattr(request, "param", timedelta(hours=6)))
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/role")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_containers_role_is_asked_for_once_whatever_the_threads(container: Container) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: auth_token(**TARGET), range(20)))  # type: ignore[arg-type]
    assert all("ASIA1" in token for token in tokens)
    assert container.asked == 1


@pytest.mark.parametrize("container", [timedelta(seconds=30)], indirect=True)
def test_a_role_that_is_about_to_end_is_asked_for_again(container: Container) -> None:
    assert current_key("").id != current_key("").id


def test_the_environments_key_comes_first(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert current_key("") == Key("AKIA", "secret")
    assert not container.asked


def _partial(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("AWS_ACCESS_KEY_ID", "AKIA")


def _no_profile(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("AWS_PROFILE", "absent")


def _no_token_file(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(folder / "token"))
    patch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x")
    patch.setenv("AWS_REGION", "eu-central-1")


def _of_process(answer: str) -> Callable[[pytest.MonkeyPatch, Path], None]:
    def set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
        (folder / "config").write_text(f"[default]\ncredential_process = {answer}\n")
        patch.setenv("AWS_CONFIG_FILE", str(folder / "config"))

    return set_up


def _of_variable(name: str, value: str) -> Callable[[pytest.MonkeyPatch, Path], None]:
    def set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
        _no_token_file(patch, folder)
        (folder / "token").write_bytes(b"\xff" if name == "TOKEN" else b"a")
        patch.setenv(f"AWS_{name}", value)

    return set_up


def _of_container(name: str, value: str) -> Callable[[pytest.MonkeyPatch, Path], None]:
    def set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
        _silent_container(patch, folder)
        patch.setenv(f"AWS_CONTAINER_{name}", value)

    return set_up


def _broken_file(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "config").write_text("no section\n")
    patch.setenv("AWS_CONFIG_FILE", str(folder / "config"))


def _silent_container(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/role")


_ANSWER = """/bin/echo '{{"Version":1,"AccessKeyId":"a","SecretAccessKey":"hidden","Expiration":"{}"}}'"""


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda patch, folder: None, "there are no AWS credentials"),
        (_partial, "AWS_SECRET_ACCESS_KEY"),
        (_no_profile, "absent"),
        (_no_token_file, "No such file"),
        (_of_process("/bin/false"), "Error when retrieving credentials"),
        (_of_process(""), "IndexError"),
        (_of_process('"'), "ValueError: No closing quotation"),
        (_of_process("/bin/echo gibberish"), "JSONDecodeError"),
        (_of_process("/bin/echo []"), "AttributeError"),
        (_of_process("/usr/bin/printf '\\xff'"), "UnicodeDecodeError"),
        (_of_process(_ANSWER.format("gibberish")), "gibberish"),
        (_of_process(_ANSWER.format("2001-01-01T00:00:00Z")), "still expired"),
        (_of_variable("TOKEN", ""), "UnicodeDecodeError"),
        (_of_variable("MAX_ATTEMPTS", "many"), "many"),
        (_of_variable("ENDPOINT_URL_STS", "gibberish"), "gibberish"),
        (_of_container("CREDENTIALS_FULL_URI", "gibberish"), "Unsupported host"),
        (_of_container("CREDENTIALS_FULL_URI", "http://[::1/"), "Invalid IPv6 URL"),
        (_of_container("AUTHORIZATION_TOKEN", "a\r\nb"), "not a legal header"),
        (_broken_file, "config"),
        (_silent_container, "can't be read"),
    ],
)
def test_whatever_is_wrong_with_them_is_said_with_what_is_allowed(
    broken: Callable[[pytest.MonkeyPatch, Path], None], says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken(monkeypatch, tmp_path)
    with pytest.raises(
        ConnectError,
        match=rf"cannot sign a token for w on app\.proxy.*{says}.*; allowed: a Lambda's or container's role",
    ) as refused:
        auth_token(**TARGET)  # type: ignore[arg-type]
    assert "hidden" not in str(refused.value)
    assert refused.value.__context__ is None, "its frames hold what was read"


def test_a_key_in_an_error_or_a_log_shows_its_id_only() -> None:
    assert repr(Key("AKIA", "secret", "token")) == "Key(AKIA)"
