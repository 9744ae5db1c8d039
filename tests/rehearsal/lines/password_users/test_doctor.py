"""`keyless doctor` on users with secrets: each fault is planted for real, and that one alone is named."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.app.app import PASSWORDS
from tests.rehearsal.lines.breaks import Break
from tests.rehearsal.lines.dev.breaks import sql
from tests.rehearsal.lines.examining import Examining, examining_of
from tests.rehearsal.lines.password_users.doctor_faults import PLANTED, USER

WRITER = ("--env", "dev", "--function", "Writer", "--config", str(PASSWORDS))


@pytest.fixture
def examining(secret_stage: Stage, capsys: pytest.CaptureFixture[str]) -> Iterator[Examining]:
    password = secret_stage.deployed.secrets.password(USER)
    with examining_of(secret_stage, capsys, password, "the-secret-text", "another-one") as made:
        yield made


def test_a_healthy_path_has_no_finding_and_is_logged_in(examining: Examining) -> None:
    found = examining.look(*WRITER)
    assert (found.status, found.wrong, found.all("well")) == (0, None, [*found.hops]), found.text
    assert "policy" not in found.hops and {"secret", "password", "login"} <= {*found.hops}


@pytest.mark.parametrize(("fault", "hop", "answered"), PLANTED.values(), ids=PLANTED)
def test_each_fault_is_named_and_no_other(
    secret_stage: Stage, examining: Examining, fault: Break, hop: str, answered: str
) -> None:
    with fault(secret_stage):
        found = examining.look(*WRITER)
    assert (found.status, found.wrong, found.all("wrong")) == (2, hop, [hop]), found.text
    assert answered in found.answered and found.fix
    names = [*found.hops]
    assert found.all("well") == names[: names.index(hop)]


def test_of_two_faults_the_earlier_is_named(secret_stage: Stage, examining: Examining) -> None:
    with PLANTED["another password in the database"][0](secret_stage), PLANTED["marked for deletion"][0](secret_stage):
        found = examining.look(*WRITER)
    assert (found.wrong, found.all("wrong")) == ("secret", ["secret"]), found.text


def test_its_own_login_takes_nobodys_place(secret_stage: Stage, examining: Examining) -> None:
    secret_stage.end_sessions()
    one = sql("ALTER ROLE lambda_writer CONNECTION LIMIT 1", "ALTER ROLE lambda_writer CONNECTION LIMIT 50")
    with one(secret_stage):
        found = examining.look(*WRITER)
    assert (found.status, found.all("well")) == (0, [*found.hops]), found.text


def test_nothing_is_left_of_them(examining: Examining) -> None:
    assert examining.look(*WRITER).status == 0


def test_a_secret_that_only_the_function_may_read_is_not_called_well(examining: Examining) -> None:
    examining.may(*(action for action in examining.actions if action != "secretsmanager:GetSecretValue"))
    found = examining.look(*WRITER)
    assert (found.status, found.wrong) == (1, None), found.text
    assert found.all("not seen from here") == ["secret", "password", "login"]


def test_another_password_than_the_proxys(secret_stage: Stage, examining: Examining) -> None:
    host, there = secret_stage.proxy.host, {"PGUSER": USER, "PGDATABASE": "app", "PGPASSWORD": "another-one"}
    found = examining.look(PGHOST=host, **there)
    assert (found.status, found.wrong) == (2, "password"), found.text
    assert "The password that was provided for the role" in found.answered


def test_a_proxy_for_secrets_takes_nobodys_token(examining: Examining) -> None:
    found = examining.look("--env", "dev", "--as", "drift_watch", "--via", "proxy", "--database", "app")
    assert (found.status, found.wrong) == (2, "proxy's authentication"), found.text
