"""A stack that a team adds is judged with the others, and may have more where checks/allowed/own.py says so."""

import copy

import pytest

from checks.allowed import own
from checks.ruleset import breaches
from tests.infrastructure.checks.mutants.edit import add, more
from tests.infrastructure.support import Synthesis
from tests.infrastructure.templates import Templates

MACHINE, START = "AWS::StepFunctions::StateMachine", "states:StartExecution"


@pytest.fixture(scope="module")
def templates(prod: Synthesis) -> Templates:
    """prod, and a stack `reports` of the workload's kind."""

    def with_reports(templates: Templates) -> None:
        templates.by_stack["reports"] = copy.deepcopy(templates.by_stack["workload"])
        for name in ("Outputs", "Parameters", "Rules"):
            templates.by_stack["reports"].pop(name, None)

    return prod.templates.broken(with_reports)


def found(templates: Templates) -> list[tuple[str, str]]:
    return [(breach.rule, breach.finding.path) for breach in breaches(templates)]


def test_an_own_stack_with_functions_breaks_no_rule(templates: Templates) -> None:
    assert found(templates) == []


@pytest.mark.parametrize("type_", ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::DynamoDB::Table"])
def test_where_functions_keep_things_is_free(templates: Templates, type_: str) -> None:
    assert found(templates.broken(add("reports", type_, Tags=[]))) == []


@pytest.mark.parametrize("type_", [MACHINE, "AWS::RDS::DBInstance", "AWS::IAM::User"])
def test_another_type_is_a_finding(templates: Templates, type_: str) -> None:
    assert ("stacks.resource_types", "reports/Extra") in found(templates.broken(add("reports", type_)))


def test_a_type_of_own_is_allowed_in_its_stack_alone(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(own.TYPES, "reports", frozenset({MACHINE}))
    assert found(templates.broken(add("reports", MACHINE))) == []
    assert found(templates.broken(add("workload", MACHINE))) == [("stacks.resource_types", "workload/Extra")]


def test_an_action_of_own_is_allowed_to_its_role_alone(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:x"
    monkeypatch.setitem(own.ACTIONS, "reports/Writer/Role", frozenset({START}))
    assert found(templates.broken(more("reports/Writer/Role", Action=START, Resource=arn))) == []
    assert found(templates.broken(more("reports/Migrator/Role", Action=START, Resource=arn))) == [
        ("roles.actions", "reports/Migrator/Role/DefaultPolicy")
    ]


def test_no_entry_widens_what_the_engine_may(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(own.ACTIONS, "access/Bootstrap/Role", frozenset({START}))
    broken = templates.broken(
        more("access/Bootstrap/Role", Action=START, Resource="arn:aws:states:eu-west-1:111122223333:stateMachine:x")
    )
    assert ("roles.actions", "access/Bootstrap/Role/DefaultPolicy") in found(broken)
