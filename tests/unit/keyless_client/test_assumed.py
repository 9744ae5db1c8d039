"""A database in another account: the token is of a role there, assumed once and renewed in time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from keyless_client import ConnectError, Login
from tests.unit.keyless_client import client_endpoint

ROLE = "arn:aws:iam::210987654321:role/database-clients"
HOST = "app.proxy-0a1b2c.eu-central-1.rds.amazonaws.com"
GIVEN = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE{count}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>{expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
DENIED = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform:
sts:AssumeRole</Message></Error></ErrorResponse>"""


class Sts(ThreadingHTTPServer):
    """STS's side of AssumeRole over real HTTP."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.signed_by: list[str] = []
        self.lasts, self.denies = timedelta(hours=1), False

        class Answer(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                self.asked.append(parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode()))
                self.signed_by.append(handler.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
                expires = (datetime.now(UTC) + self.lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
                text = DENIED if self.denies else GIVEN.format(count=len(self.asked), expires=expires)
                handler.send_response(403 if self.denies else 200)
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text.encode())

            def log_message(handler, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    server = Sts()
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    given = {"AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{server.server_port}", "DB_ROLE_ARN": ROLE}
    where = {"PGHOST": HOST, "PGPORT": "5432", "PGUSER": "w", "PGDATABASE": "app"}
    for name, value in {**client_endpoint.CREDENTIALS, **given, **where}.items():
        monkeypatch.setenv(name, value)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_token_is_the_roles_and_the_own_role_asks_once(sts: Sts) -> None:
    login = Login.from_environment(application_name="orders writer")
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: login.token(), range(20)))
    assert all("X-Amz-Credential=ASIAROLE1%2F" in token and "X-Amz-Security-Token=t" in token for token in tokens)
    (asked,), (own,) = sts.asked, sts.signed_by
    assert (asked["RoleArn"], asked["RoleSessionName"]) == ([ROLE], ["orders-writer"])
    assert own == client_endpoint.CREDENTIALS["AWS_ACCESS_KEY_ID"]


def test_a_role_that_is_about_to_end_is_assumed_again(sts: Sts) -> None:
    sts.lasts = timedelta(seconds=30)
    login = Login.from_environment()
    assert login.token().partition("ASIAROLE")[2][0] != login.token().partition("ASIAROLE")[2][0]


def test_without_a_role_nobody_is_asked(sts: Sts) -> None:
    Login.from_environment(role_arn=None).token()
    assert sts.asked == []


def test_a_role_that_may_not_be_assumed_is_named(sts: Sts) -> None:
    sts.denies = True
    expected = r"(?s)cannot sign a token for w on app.*database-clients.*allowed sts:AssumeRole.*its trust policy"
    with pytest.raises(ConnectError, match=expected):
        Login.from_environment().token()


def test_an_sts_that_does_not_answer_is_named(sts: Sts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    with pytest.raises(ConnectError, match="a VPC endpoint for sts"):
        Login.from_environment().token()


def test_without_own_credentials_the_error_says_so(sts: Sts, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in client_endpoint.CREDENTIALS:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ConnectError, match="there are no AWS credentials"):
        Login.from_environment().token()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"role_arn": "database-clients"},
            "DB_ROLE_ARN is 'database-clients'; allowed: arn:aws:iam::ACCOUNT:role/NAME",
        ),
        ({"secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a"}, "allowed: one"),
    ],
)
def test_what_is_no_role_or_not_for_one_is_refused(sts: Sts, given: dict[str, str], says: str) -> None:
    with pytest.raises(ConnectError, match=says):
        Login.from_environment(**given)  # type: ignore[arg-type]
