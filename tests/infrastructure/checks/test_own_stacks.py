"""A stack that a team adds is judged with the others, and may have more where the app says so."""

import copy
from dataclasses import replace

import pytest

from keyless_checks.reading.own import Own
from keyless_checks.ruleset import breaches
from tests.infrastructure.checks.mutants.edit import add, more
from tests.infrastructure.support import Synthesis
from tests.infrastructure.templates import Change, Templates

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


def test_a_function_of_ones_own_may_be_called_on_a_schedule(templates: Templates) -> None:
    target = {"Arn": {"Fn::GetAtt": [function_id(templates), "Arn"]}, "Id": "Target0"}
    schedule = add("reports", "AWS::Events::Rule", ScheduleExpression="rate(1 day)", State="ENABLED", Targets=[target])
    assert found(templates.broken(schedule)) == []


def function_id(templates: Templates) -> str:
    """Of the writer in `reports`, in its template."""
    functions = templates.all("AWS::Lambda::Function")
    return next(one.logical_id for one in functions if one.path == "reports/Writer/Function")


@pytest.mark.parametrize("type_", [MACHINE, "AWS::RDS::DBInstance", "AWS::IAM::User"])
def test_another_type_is_a_finding(templates: Templates, type_: str) -> None:
    assert ("stacks.resource_types", "reports/Extra") in found(templates.broken(add("reports", type_)))


def queue_policy(principal: object, **more: object) -> Change:
    entry = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*", **more}
    document = {"Version": "2012-10-17", "Statement": [entry]}
    return add("reports", "AWS::SQS::QueuePolicy", Queues=["q"], PolicyDocument=document)


ACCOUNT = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


@pytest.mark.parametrize(
    ("principal", "more"),
    [
        ("*", {}),
        ({"AWS": "*"}, {}),
        ({"AWS": ["arn:aws:iam::111122223333:root", "*"]}, {}),
        ("*", {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        ("*", {"Condition": {"StringLike": {"aws:SourceAccount": "*"}}}),
        ("*", {"Condition": {"StringEqualsIfExists": ACCOUNT}}),
        ("*", {"Condition": {"StringNotEquals": ACCOUNT}}),
    ],
)
def test_a_queue_for_everybody_is_a_finding(templates: Templates, principal: object, more: dict[str, object]) -> None:
    assert found(templates.broken(queue_policy(principal, **more))) == [("policies.not_everybody", "reports/Extra")]


@pytest.mark.parametrize(
    ("principal", "more"),
    [
        ("*", {"Condition": {"StringEquals": ACCOUNT}}),
        ("*", {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
        (
            {"Service": "sns.amazonaws.com"},
            {"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:x"}}},
        ),
    ],
)
def test_a_queue_for_somebody_is_none(templates: Templates, principal: object, more: dict[str, object]) -> None:
    assert found(templates.broken(queue_policy(principal, **more))) == []


def test_a_type_of_own_is_allowed_in_its_stack_alone(templates: Templates) -> None:
    templates = replace(templates, own=Own(types={"reports": {MACHINE}}))
    assert found(templates.broken(add("reports", MACHINE))) == []
    assert found(templates.broken(add("workload", MACHINE))) == [("stacks.resource_types", "workload/Extra")]


def test_an_action_of_own_is_allowed_to_its_role_alone(templates: Templates) -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:x"
    templates = replace(templates, own=Own(actions={"reports/Writer/Role": {START}}))
    assert found(templates.broken(more("reports/Writer/Role", Action=START, Resource=arn))) == []
    assert found(templates.broken(more("reports/Migrator/Role", Action=START, Resource=arn))) == [
        ("roles.actions", "reports/Migrator/Role/DefaultPolicy")
    ]


def test_no_entry_widens_what_the_engine_may(templates: Templates) -> None:
    templates = replace(templates, own=Own(types={"access": {MACHINE}}, actions={"access/Bootstrap/Role": {START}}))
    broken = templates.broken(
        more("access/Bootstrap/Role", Action=START, Resource="arn:aws:states:eu-west-1:111122223333:stateMachine:x")
    )
    assert ("roles.actions", "access/Bootstrap/Role/DefaultPolicy") in found(broken)
    assert ("stacks.resource_types", "access/Extra") in found(templates.broken(add("access", MACHINE)))
