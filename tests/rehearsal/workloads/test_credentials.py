"""What stands in for the endpoints of ECS and EC2 gives the AWS SDK's own client the credentials of the role, and refuses
what AWS refuses."""

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import CredentialRetrievalError
from botocore.session import Session

from keyless.rehearsal.deployment.workloads.model import MetadataOptions
from keyless.rehearsal.emulator.cloud import CloudError, RoleSession
from keyless.rehearsal.workloads.credentials.instances import HEADER, LIFE, ROLES, TOKEN, InstanceMetadata
from keyless.rehearsal.workloads.credentials.tasks import TaskCredentials
from tests.rehearsal.waiting import wait_until

ROLE = "arn:aws:iam::123456789012:role/path/web"
MADE = RoleSession.random()
STRICT, LENIENT = MetadataOptions(True, 1), MetadataOptions(False, 2)
FORWARDED = {LIFE: "60", "X-Forwarded-For": "10.0.0.1"}


def untrusted() -> RoleSession:
    raise CloudError("the role cannot be assumed")


def instance(options: MetadataOptions) -> InstanceMetadata:
    return InstanceMetadata(ROLE, lambda: MADE, options)


@pytest.fixture
def strict() -> Iterator[InstanceMetadata]:
    metadata = instance(STRICT)
    with metadata.served():
        yield metadata


def found(patch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> Credentials | None:
    """What botocore finds in an environment that has these of AWS's variables alone."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        patch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        patch.setenv(name, "/dev/null")
    for name, value in variables.items():
        patch.setenv(name, value)
    credentials: Credentials | None = Session().get_credentials()
    return credentials


def asked(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=dict(headers or {}))) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


@pytest.mark.parametrize(
    ("source", "method"),
    [
        (TaskCredentials(ROLE, lambda: MADE), "container-role"),
        (instance(STRICT), "iam-role"),
        (instance(LENIENT), "iam-role"),
    ],
)
def test_botocore_finds_the_role_s_credentials(
    source: TaskCredentials | InstanceMetadata, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with source.served() as variables:
        credentials = found(monkeypatch, variables)
    assert credentials
    assert credentials.method == method
    frozen = credentials.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == tuple(vars(MADE).values())
    assert source.given == 1


@pytest.mark.parametrize("source", [TaskCredentials(ROLE, untrusted), InstanceMetadata(ROLE, untrusted, STRICT)])
def test_a_role_that_doesn_t_trust_the_service_gives_nothing(
    source: TaskCredentials | InstanceMetadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    with source.served() as variables:
        try:
            credentials = found(monkeypatch, variables)
        except CredentialRetrievalError as error:  # of a task; an instance may have none
            assert "the role cannot be assumed" in str(error)
            credentials = None
    assert (credentials, source.given) == (None, 0)


def test_a_task_s_credentials_have_a_path_that_only_it_is_told() -> None:
    source = TaskCredentials(ROLE, lambda: MADE)
    with source.served() as variables:
        url = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        assert asked(url[:-1])[0] == 404
        assert asked(f"{url[: url.index('/v2')]}/v2/credentials/")[0] == 404
        assert asked(url, "PUT")[0] == 404
        assert source.given == 0
        assert asked(url)[0] == 200


def test_an_instance_s_credentials_want_a_session_token(strict: InstanceMetadata) -> None:
    url, (_, token) = strict.url, asked(strict.url + TOKEN, "PUT", {LIFE: "60"})
    assert asked(url + ROLES) == (401, "")
    assert asked(f"{url}{ROLES}web") == (401, "")
    assert asked(url + ROLES, headers={HEADER: "guessed"}) == (401, "")
    assert asked(url + ROLES, headers={HEADER: token}) == (200, "web")
    assert asked(f"{url}{ROLES}another", headers={HEADER: token})[0] == 404
    assert asked(url.rpartition("/")[0] + ROLES, headers={HEADER: token})[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [({LIFE: "60"}, 200), ({}, 400), ({LIFE: "0"}, 400), ({LIFE: "21601"}, 400), ({LIFE: "x"}, 400), (FORWARDED, 403)],
)
def test_a_session_token_is_for_who_asks_as_the_guide_says(
    strict: InstanceMetadata, headers: dict[str, str], status: int
) -> None:
    assert asked(strict.url + TOKEN, "PUT", headers)[0] == status


def test_a_session_token_ends(strict: InstanceMetadata) -> None:
    _, token = asked(strict.url + TOKEN, "PUT", {LIFE: "1"})
    wait_until(lambda: asked(strict.url + ROLES, headers={HEADER: token})[0] == 401)


def test_metadata_that_is_switched_off_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = instance(MetadataOptions(False, 2, enabled=False))
    with metadata.served() as variables:
        assert asked(metadata.url + ROLES)[0] == 403
        assert asked(metadata.url + TOKEN, "PUT", {LIFE: "60"})[0] == 403
        assert found(monkeypatch, variables) is None
    assert metadata.given == 0


def test_what_optional_tokens_and_a_further_hop_let_in() -> None:
    """Else the lines about them would hold whatever is deployed."""
    lenient, strict = instance(LENIENT), instance(STRICT)
    with lenient.served(), strict.served():
        assert asked(lenient.url + ROLES) == (200, "web")
        assert asked(lenient.from_container + TOKEN, "PUT", {LIFE: "60"})[0] == 200
        with pytest.raises(OSError):
            asked(strict.from_container + TOKEN, "PUT", {LIFE: "60"})
