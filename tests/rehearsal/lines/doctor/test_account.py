"""`keyless doctor` on what is deployed: each fault is planted for real, and that one alone is named."""

from contextlib import ExitStack

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.emulator.functions import create_function
from tests.rehearsal.lines.breaks import Break
from tests.rehearsal.lines.doctor.database_faults import DATABASE
from tests.rehearsal.lines.doctor.faults import ACCOUNT
from tests.rehearsal.lines.doctor.logins import PERSON
from tests.rehearsal.lines.examining import SPEC, Examining

WRITER = ("--env", "dev", "--function", "Writer", "--config", SPEC)
PLANTED = {**ACCOUNT, **DATABASE}


@pytest.mark.parametrize(
    "arguments",
    [WRITER, PERSON, (*PERSON, "--via", "direct"), ("--env", "dev", "--config", SPEC)],
    ids=["a function", "a person", "straight", "the master"],
)
def test_a_healthy_path_has_no_finding(examining: Examining, arguments: tuple[str, ...]) -> None:
    found = examining.look(*arguments)
    assert (found.status, found.wrong, found.all("well")) == (0, None, [*found.hops]), found.text


@pytest.mark.parametrize(("fault", "hop", "answered"), PLANTED.values(), ids=PLANTED)
def test_each_fault_is_named_and_no_other(
    stage: Stage, examining: Examining, fault: Break, hop: str, answered: str
) -> None:
    with fault(stage):
        found = examining.look(*WRITER)
    assert (found.status, found.wrong, found.all("wrong")) == (2, hop, [hop]), found.text
    assert answered in found.answered and found.fix
    names = [*found.hops]
    assert found.all("well") == names[: names.index(hop)]
    assert found.all("not reached") == names[names.index(hop) + 1 :]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("no statement allows it", "NOLOGIN"), ("an ACL denies", "rds_iam is taken"), ("NOLOGIN", "CONNECT is taken")],
)
def test_of_two_faults_the_earlier_is_named(stage: Stage, examining: Examining, earlier: str, later: str) -> None:
    with ExitStack() as both:
        for name in (later, earlier):
            both.enter_context(PLANTED[name][0](stage))
        found = examining.look(*WRITER)
    assert (found.wrong, found.all("wrong")) == (PLANTED[earlier][1], [PLANTED[earlier][1]]), found.text


def test_nothing_is_left_of_them(examining: Examining) -> None:
    assert examining.look(*WRITER).status == 0


def test_without_a_right_to_look_it_is_not_seen_and_not_called_well(examining: Examining) -> None:
    examining.may("cloudformation:DescribeStacks", "lambda:GetFunctionConfiguration")
    found = examining.look(*WRITER)
    assert (found.status, found.wrong) == (1, None), found.text
    assert {"endpoint", "policy", "network", "proxy", "proxy's policy", "IAM authentication"} <= set(
        found.all("not seen from here")
    )
    assert "these credentials need the permission rds:DescribeDBProxies" in str(found.hops["endpoint"]["answered"])
    assert found.verdict("grants") == "well"


def test_without_the_role_behind_ones_credentials_their_right_is_not_seen(examining: Examining) -> None:
    examining.may(*(action for action in examining.actions if action != "iam:GetRole"))
    found = examining.look(*PERSON)
    assert (found.status, found.all("not seen from here")) == (1, ["policy"]), found.text
    assert "iam:GetRole" in str(found.hops["policy"]["answered"])


def test_another_user_than_its_own_a_function_may_not_be(examining: Examining) -> None:
    found = examining.look(*WRITER, "--as", "migrator")
    assert (found.wrong, "/migrator" in str(found.hops["policy"]["asked"])) == ("policy", True), found.text


def test_a_function_that_logs_in_nowhere_or_elsewhere_is_an_error(stage: Stage, examining: Examining) -> None:
    made: dict[str, dict[str, str]] = {
        "it has no PGHOST and PGUSER": {},
        "another account's database": {"PGUSER": "x", "PGHOST": "y", "DB_ROLE_ARN": "arn:aws:iam::1:role/x"},
    }
    for said, variables in made.items():
        create_function(stage.cloud, "elsewhere", examining.role, "", variables)
        examining.capture.readouterr()
        assert examining.run("--function", "elsewhere") == 1
        assert said in examining.capture.readouterr().err
        stage.cloud.client("lambda").delete_function(FunctionName="elsewhere")
