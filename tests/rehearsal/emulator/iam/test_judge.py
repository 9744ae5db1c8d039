"""Tokens are judged by the deployed policies, and by nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from keyless.rehearsal.emulator.cloud import Cloud, CloudError, RoleSession
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint
from tests.rehearsal.emulator.functions import allow, create_function, create_role, invoke

HOST, PORT, USER, PROXY = "app.proxy-abc.us-east-1.rds.amazonaws.com", 5432, "writer", "prx-0123456789abcdef0"
ALLOWED = f"arn:aws:rds-db:us-east-1:000000000000:dbuser:{PROXY}/{USER}"
MAKE_TOKEN = f"""
import boto3
def handler(event, context):
    return boto3.client("rds").generate_db_auth_token(DBHostname={HOST!r}, Port={PORT}, DBUsername={USER!r})
"""


def sign(
    who: RoleSession,
    user: str = USER,
    *,
    host: str = HOST,
    port: int = PORT,
    region: str = "us-east-1",
    age: int = 0,
) -> str:
    """A token signed `age` seconds ago."""
    return tokens.sign(who.credentials, Endpoint(host, PROXY, "", port), user, region, age=timedelta(seconds=age))


class Caller:
    """A role that may connect to PROXY as USER, until a test changes its policy."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.role = create_role(cloud, "caller", "lambda.amazonaws.com", Action="rds-db:connect", Resource=ALLOWED)
        self.session = cloud.role_session(self.role)

    def token(
        self, *, host: str = HOST, port: int = PORT, user: str = USER, region: str = "us-east-1", age: int = 0
    ) -> str:
        return sign(self.session, user, host=host, port=port, region=region, age=age)

    def judged(self, token: str, **asked: Any) -> Verdict:
        return self.cloud.judge(
            **{"token": token, "host": HOST, "port": PORT, "user": USER, "resource_id": PROXY, **asked}
        )


@pytest.fixture
def caller(cloud: Cloud) -> Iterator[Caller]:
    yield Caller(cloud)
    iam = cloud.client("iam")
    for policy in iam.list_role_policies(RoleName="caller")["PolicyNames"]:
        iam.delete_role_policy(RoleName="caller", PolicyName=policy)
    iam.delete_role(RoleName="caller")


def test_a_token_that_the_roles_policy_covers_is_allowed(caller: Caller) -> None:
    verdict = caller.judged(caller.token())
    assert verdict.allowed
    assert ":assumed-role/caller/" in verdict.principal
    assert verdict.reason == f"Allow: rds-db:connect on {ALLOWED}"


@pytest.mark.parametrize(
    "asked",
    [{"host": "other.proxy-abc.us-east-1.rds.amazonaws.com"}, {"port": 5433}, {"user": "migrator"}],
    ids=["another host", "another port", "another user"],
)
def test_a_token_made_for_something_else_is_refused(caller: Caller, asked: dict[str, Any]) -> None:
    assert caller.judged(caller.token(), **asked) == Verdict(False, "", "the token is refused: InvalidToken")


@pytest.mark.parametrize(
    ("asked", "what"),
    [({"user": "migrator"}, f"{PROXY}/migrator"), ({"resource_id": "cluster-ABC"}, "cluster-ABC/writer")],
)
def test_a_true_token_is_refused_where_no_policy_allows_it(caller: Caller, asked: dict[str, Any], what: str) -> None:
    verdict = caller.judged(caller.token(user=asked.get("user", USER)), **asked)
    assert not verdict.allowed
    assert verdict.reason == f"ImplicitDeny: rds-db:connect on arn:aws:rds-db:us-east-1:000000000000:dbuser:{what}"


def test_a_foreign_regions_token_is_refused(caller: Caller) -> None:
    assert not caller.judged(caller.token(region="eu-west-1")).allowed


def test_a_token_is_refused_once_it_is_fifteen_minutes_old(caller: Caller) -> None:
    assert caller.judged(caller.token(age=890)).allowed
    assert caller.judged(caller.token(age=901)) == Verdict(False, "", "the token is refused: ExpiredToken")


def test_a_tampered_token_is_refused(caller: Caller) -> None:
    token = caller.token()
    assert caller.judged(tokens.tampered(token)) == Verdict(False, "", "the token is refused: SignatureDoesNotMatch")


def test_a_password_is_not_a_token(caller: Caller) -> None:
    assert caller.judged("hunter2") == Verdict(False, "", "the token is refused: InvalidToken")


def test_the_policy_counts_as_it_is_now(caller: Caller) -> None:
    token = caller.token()
    caller.cloud.client("iam").delete_role_policy(RoleName="caller", PolicyName="inline")
    assert not caller.judged(token).allowed


def test_an_explicit_deny_beats_an_allow(caller: Caller) -> None:
    statement = {"Action": "rds-db:connect", "Resource": "*"}
    allow(caller.cloud, "caller", statement, {**statement, "Effect": "Deny"})
    assert caller.judged(caller.token()).reason.startswith("Deny: ")


def test_the_accounts_root_is_refused_so_that_it_hides_no_missing_policy(caller: Caller) -> None:
    root = caller.cloud.environment()
    token = sign(RoleSession(root["AWS_ACCESS_KEY_ID"], root["AWS_SECRET_ACCESS_KEY"], root["AWS_SESSION_TOKEN"]))
    verdict = caller.judged(token)
    assert not verdict.allowed
    assert (verdict.principal, "root" in verdict.reason) == ("arn:aws:iam::000000000000:root", True)


def test_a_function_makes_its_token_with_its_own_role(cloud: Cloud, caller: Caller) -> None:
    create_function(cloud, "connects", caller.role, MAKE_TOKEN)
    verdict = caller.judged(invoke(cloud, "connects"))
    assert verdict.allowed, verdict.reason
    assert verdict.principal.endswith(":assumed-role/caller/connects")


def test_a_function_whose_role_does_not_trust_lambda_does_not_run(cloud: Cloud) -> None:
    role = create_role(cloud, "not-for-lambda", "rds.amazonaws.com")
    create_function(cloud, "untrusted", role, MAKE_TOKEN)
    assert "cannot be assumed by lambda.amazonaws.com" in invoke(cloud, "untrusted")["errorMessage"]


def test_a_session_is_given_to_the_service_that_the_role_trusts_only(cloud: Cloud, caller: Caller) -> None:
    who = cloud.client("sts", caller.session).get_caller_identity()["Arn"]
    assert ":assumed-role/caller/" in who
    with pytest.raises(CloudError, match=r"caller cannot be assumed by rds.amazonaws.com"):
        cloud.role_session(caller.role, "rds.amazonaws.com")


@pytest.mark.parametrize(
    ("arn", "why"),
    [("arn:aws:iam::000000000000:role/nobody", "does not exist"), ("caller", "is not the ARN of a role")],
)
def test_a_session_of_no_role_is_refused(cloud: Cloud, arn: str, why: str) -> None:
    with pytest.raises(CloudError, match=why):
        cloud.role_session(arn)


def test_credentials_do_not_show_when_printed(caller: Caller) -> None:
    assert caller.session.secret_access_key not in repr(caller.session)
    assert caller.session.session_token not in repr(caller.session)
