"""`keyless doctor` on one's own login by libpq's variables: the token, and what the server's refusal tells."""

from dataclasses import replace
from typing import Any

import pytest

from keyless.rehearsal.deployment import proxy
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.breaks import Break
from tests.rehearsal.lines.doctor.database_faults import DATABASE
from tests.rehearsal.lines.doctor.logins import PERSON, at, only, token
from tests.rehearsal.lines.examining import SPEC, Examining

REFUSED = {
    "rds_iam is taken": "role",
    "the role is not there": "role",
    "NOLOGIN": "right to log in",
    "all its connections are taken": "connections",
    "CONNECT is taken": "CONNECT",
}
"""Where nobody can look in, by the refusal alone: PostgreSQL doesn't tell who is a stranger from who has a password."""


@pytest.mark.parametrize("there", ["proxy", "database"])
def test_a_login_by_variables_is_followed_too(stage: Stage, examining: Examining, there: str) -> None:
    endpoint = getattr(stage, there)
    found = examining.look("--config", SPEC, **at(endpoint))
    assert (found.status, found.all("well")) == (0, [*found.hops]), found.text
    found = examining.look("--config", SPEC, **at(endpoint), PGPASSWORD=token(stage, examining.role, endpoint))
    assert (found.status, found.all("well"), "policy" in found.hops) == (0, [*found.hops], False), found.text


def test_an_expired_token(stage: Stage, examining: Examining) -> None:
    found = examining.look(**at(stage.database), PGPASSWORD=token(stage, examining.role, stage.database, minutes=20))
    only(found, "token")
    assert "it has expired: good until" in found.answered


def test_a_token_for_another_endpoint_and_for_another_region(stage: Stage, examining: Examining) -> None:
    found = examining.look(**at(stage.database), PGPASSWORD=token(stage, examining.role, stage.proxy))
    only(found, "token")
    assert f"it is for lambda_writer at {stage.proxy.host}:5432" in found.answered
    foreign = token(stage, examining.role, stage.database, "us-east-1")
    found = examining.look(**at(stage.database), PGPASSWORD=foreign)
    only(found, "token")
    assert "signed for region us-east-1" in found.answered


@pytest.mark.parametrize(
    ("there", "said"), [("database", "PAM authentication failed"), ("proxy", "The IAM authentication failed")]
)
def test_a_token_that_no_policy_covers(stage: Stage, examining: Examining, there: str, said: str) -> None:
    """The refusal says no more, nor does anybody look in from elsewhere."""
    endpoint = getattr(stage, there)
    bootstrap = stage.deployed.function("access", "Bootstrap").role
    found = examining.look(**at(endpoint), PGPASSWORD=token(stage, bootstrap, endpoint))
    only(found, "login")
    assert said in found.answered and "rds-db:connect" in found.fix


def test_a_proxy_that_cannot_log_in(stage: Stage, examining: Examining) -> None:
    with DATABASE["rds_iam is taken"][0](stage):
        found = examining.look(**at(stage.proxy))
    only(found, "login")
    assert "This RDS proxy has no credentials for the role lambda_writer" in found.answered


def test_a_proxy_whose_connections_are_all_taken(
    stage: Stage, examining: Examining, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = proxy.settings

    def none_left(*arguments: Any) -> Any:
        return replace(deployed(*arguments), max_connections=0, borrow_seconds=0.1)

    monkeypatch.setattr(proxy, "settings", none_left)
    found = examining.look(*PERSON)
    only(found, "login")
    assert "Timed-out waiting to acquire database connection" in found.answered and "pinned" in found.fix


@pytest.mark.parametrize(("fault", "hop"), REFUSED.items(), ids=REFUSED)
def test_a_refusal_leads_to_its_hop(stage: Stage, examining: Examining, fault: str, hop: str) -> None:
    planted: Break = DATABASE[fault][0]
    with planted(stage):
        found = examining.look(**at(stage.database))
    only(found, hop)


def test_a_database_that_is_not_there(stage: Stage, examining: Examining) -> None:
    found = examining.look("--env", "dev", "--as", "lambda_writer", "--database", "nowhere", "--config", SPEC)
    only(found, "database")
    only(examining.look(**{**at(stage.database), "PGDATABASE": "nowhere"}), "database")


def test_a_password_where_nobody_has_one(stage: Stage, examining: Examining) -> None:
    found = examining.look(**at(stage.database, 'o"ther\nline\x1b[0m'), PGPASSWORD="a-password")
    only(found, "password")
    assert found.verdict("role") == "not seen from here"
