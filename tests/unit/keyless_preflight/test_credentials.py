"""Without usable credentials, or with a wrong clock, there is a next step and no traceback."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.stub import Stubber

from keyless.preflight.account import connection
from keyless.preflight.account.account import Account
from keyless.preflight.account.connection import Connections
from keyless.preflight.account.identity import CredentialsError, Identity, identify
from keyless.preflight.account.reader import Reader
from keyless.preflight.checks.clock import clock
from keyless.preflight.checks.credentials import credentials
from keyless.preflight.command import main
from keyless.preflight.finding import UnansweredError, Verdict
from tests.planned import target, write_assembly

REGION = "eu-west-1"
SSO = "[profile signed-out]\nsso_session = s\nsso_account_id = 111111111111\nsso_role_name = r\nregion = eu-west-1\n"
SESSION = "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n"

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "a-secret"}
PROFILE = {"AWS_PROFILE": "p"}


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing of AWS is configured, and from which AWS can't be reached."""
    for name in ("REQUESTS_CA_BUNDLE", *(name for name in os.environ if name.startswith("AWS_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    once = Config(retries={"total_max_attempts": 1})  # who can't be reached at all is not waited for
    monkeypatch.setattr(connection, "_PATIENCE", connection._PATIENCE.merge(once))


def run(folder: Path, capsys: pytest.CaptureFixture[str], region: str = REGION) -> tuple[int, str]:
    status = main(["--environment", "dev", "--assembly", str(write_assembly(folder, {}, region=region))])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    return status, shown.out


@pytest.mark.usefixtures("nobody")
def test_no_credentials_lead_to_the_commands_that_configure_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = run(tmp_path, capsys)
    assert status == 1
    assert "there are no AWS credentials" in shown
    assert "\n    export AWS_PROFILE=NAME" in shown
    assert "\n    aws configure sso" in shown


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("settings", "status", "said"),
    [({}, 1, "there are no AWS credentials"), (KEYS, 0, ""), ({"AWS_PROFILE": "x"}, 1, "(x)")],
)
def test_credentials_are_looked_for_without_an_assembly(
    settings: dict[str, str],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert main(["--environment", "dev", "--credentials-only", "--assembly", "/nope"]) == status
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("nobody")
def test_a_misspelt_profile_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod-typo")
    status, shown = run(tmp_path, capsys)
    assert (status, "The config profile (prod-typo) could not be found" in shown) == (1, True)


@pytest.mark.usefixtures("nobody")
def test_a_sign_in_that_has_ended_leads_to_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(SSO + SESSION)
    monkeypatch.setenv("AWS_PROFILE", "signed-out")
    status, shown = run(tmp_path, capsys)
    assert (status, "the sign-in to AWS has ended" in shown, "\n    aws sso login" in shown) == (1, True, True)
    assert "aws configure" not in shown


@pytest.mark.usefixtures("nobody")
def test_an_aws_that_can_not_be_reached_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    status, shown = run(tmp_path, capsys)
    assert (status, "AWS can't be reached" in shown, "a-secret" in shown) == (1, True, False)


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("settings", "profile", "named"),
    [
        ({"AWS_ACCESS_KEY_ID": "x"}, "", "missing: AWS_SECRET_ACCESS_KEY"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/nope", "AWS_ROLE_ARN": f"arn:aws:iam::{'1' * 12}:role/x"}, "", "'/nope'"),
        ({**KEYS, "AWS_ENDPOINT_URL": "nonsense"}, "", "Invalid endpoint: nonsense"),
        ({**KEYS, "AWS_ENDPOINT_URL": "http://x:port"}, "", "'port'"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil/"}, "", "Unsupported host 'evil'"),
        ({**KEYS, "AWS_CA_BUNDLE": "/nope.pem"}, "", "'/nope.pem' has no certificates"),
        ({**KEYS, "REQUESTS_CA_BUNDLE": "/dev/null"}, "", "'/dev/null' has no certificates"),
        (PROFILE, "ca_bundle = /nope.pem", "'/nope.pem' has no certificates"),
        ({**KEYS, "AWS_DEFAULTS_MODE": "odd"}, "", "invalid defaults mode: odd"),
        ({**KEYS, "AWS_STS_REGIONAL_ENDPOINTS": "odd"}, "", "option odd is invalid"),
        (PROFILE, "credential_process = /nope", "'/nope'"),
        (
            PROFILE,
            "credential_process = echo x",
            "credential_process or a file of the AWS credentials is not valid JSON",
        ),
        (PROFILE, "credential_process = echo []", "the AWS credentials can't be used"),
        (PROFILE, "role_arn = a\nsource_profile = q", 'The source_profile "q"'),
        (PROFILE, "role_arn = a", "missing: source_profile or credential_source"),
        (PROFILE, "]", "the AWS credentials can't be used"),
        ({**KEYS, "AWS_SESSION_TOKEN": "a-secret\n"}, "", "a line break in AWS_SESSION_TOKEN"),
    ],
)
def test_settings_that_botocore_can_not_use_are_named_with_a_next_step(
    settings: dict[str, str],
    profile: str,
    named: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "config").write_text(f"[profile p]\n{profile}\n" if profile else "")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    status, shown = run(tmp_path, capsys)
    assert (status, named in " ".join(shown.split()), "a-secret" in shown) == (1, True, False)
    evidence, _, remedies = shown.rpartition(":\n    ")
    assert (named in evidence, bool(remedies.strip())) == (True, True)


@pytest.mark.usefixtures("nobody")
def test_one_service_that_can_not_be_asked_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "nonsense")
    reader = Reader(Connections().to(REGION).signed)
    with pytest.raises(UnansweredError, match="Invalid endpoint: nonsense"):
        reader.read("ec2", "DescribeVpcs")


@pytest.mark.usefixtures("nobody")
def test_the_region_is_the_one_that_the_aws_command_line_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Connections().region is None
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert Connections().region == "us-east-1"
    monkeypatch.setenv("AWS_REGION", REGION)
    assert Connections().region == REGION


@pytest.mark.usefixtures("nobody")
def test_stacks_without_a_region_need_one_from_the_credentials(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = run(tmp_path, capsys, region="unknown-region")
    assert (status, "\n    export AWS_REGION=NAME" in shown) == (1, True)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ExpiredToken", "the credentials have expired (ExpiredToken)"),
        ("InvalidClientTokenId", "AWS refuses the credentials (InvalidClientTokenId)"),
        ("SignatureDoesNotMatch", "AWS refuses the credentials (SignatureDoesNotMatch)"),
    ],
)
def test_refused_credentials_lead_to_new_ones(code: str, sentence: str) -> None:
    sts = boto3.client("sts", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(sts) as stub, pytest.raises(CredentialsError) as refused:
        stub.add_client_error("get_caller_identity", code, "The security token is not valid", 403)
        identify(sts)
    assert str(refused.value) == sentence
    assert any(remedy.startswith("aws sso login") for remedy in refused.value.remedies)


def test_another_account_than_the_stacks_is_named() -> None:
    account = Account(Reader(pytest.fail), Identity("222222222222", "arn:aws:iam::222222222222:user/me"), REGION)
    (problem,) = credentials(target(REGION, {}, account="111111111111"), account)
    assert problem.evidence == "arn:aws:iam::222222222222:user/me is of account 222222222222; dev is for 111111111111"
    assert list(credentials(target(REGION, {}), account)) == []


@pytest.fixture
def late() -> Iterator[HTTPServer]:
    """An AWS whose clock is `server.off` away from this machine's, and which refuses everybody."""

    class Refuse(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b"<ErrorResponse><Error><Code>MissingAuthenticationToken</Code></Error></ErrorResponse>"
            self.send_response_only(403)
            self.send_header("Date", format_datetime(datetime.now(UTC) + self.server.off, usegmt=True))  # type: ignore[attr-defined]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Refuse) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("minutes", "evidence"),
    [(0, None), (4, None), (-4, None), (20, "20 minutes behind AWS's"), (-20, "20 minutes ahead of AWS's")],
)
def test_a_clock_that_is_minutes_off_is_named(late: HTTPServer, minutes: int, evidence: str | None) -> None:
    late.off = timedelta(minutes=minutes)  # type: ignore[attr-defined]
    sts = boto3.client(
        "sts",
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{late.server_port}",
        config=Config(signature_version=UNSIGNED),
    )
    problems = list(clock(sts))
    assert [(problem.verdict, str(evidence) in problem.evidence) for problem in problems] == (
        [(Verdict.FAIL, True)] if evidence else []
    )
