"""The service control policy of the docs: nobody but the engine logs in as the master, not even an administrator."""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from keyless_aurora.database.database import MASTER
from tests.infrastructure.support import ROOT, Synthesis

POLICY = json.loads((ROOT / "docs/policies/master-logins.json").read_text())
ACCOUNT = "111122223333"
Question = tuple[str, str, str]


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def user(name: str, resource: str = "cluster-ABCDEFGHIJKL01234") -> str:
    return f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:{resource}/{name}"


ENGINE = role("KeylessAurora-prod-access-BootstrapRole5C2DB509-AbCdEfGhIjKl")
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:KeylessAurora-prod-access-BootstrapFunctionD62F3ADB-x"
ADMINISTRATOR = role("Admin")
EXECUTION = role(f"cdk-klprod-cfn-exec-role-{ACCOUNT}-eu-west-1")
EXPECTED: dict[Question, bool] = {
    (ENGINE, "rds-db:connect", user(MASTER)): True,
    (role("KeylessAurora-prod-access-WatchRoleDDF31036-x"), "rds-db:connect", user(MASTER)): True,
    (role("KeylessAurora-prod-access-RotateRole1A2B3C4D-x"), "rds-db:connect", user(MASTER)): True,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER)): False,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER, "db-ABCDEFGHIJKL01234")): False,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER, "prx-0123456789abcdef0")): False,
    (role("KeylessAurora-prod-workload-WriterRole1A2B3C4D-x"), "rds-db:connect", user(MASTER)): False,
    (role("cdk-klprod-deploy-role-111122223333-eu-west-1"), "rds-db:connect", user(MASTER)): False,
    (EXECUTION, "rds-db:connect", user(MASTER)): False,
    (role("KeylessAurora-prod-workload-WriterRole1A2B3C4D-x"), "rds-db:connect", user("lambda_writer")): True,
    (ADMINISTRATOR, "iam:PassRole", ENGINE): False,
    (ADMINISTRATOR, "iam:CreateRole", role("KeylessAurora-mine-access-BootstrapRoleX")): False,
    (ADMINISTRATOR, "iam:UpdateAssumeRolePolicy", ENGINE): False,
    (ADMINISTRATOR, "lambda:UpdateFunctionCode", FUNCTION): False,
    (ADMINISTRATOR, "lambda:UpdateFunctionConfiguration", FUNCTION): False,
    (ADMINISTRATOR, "lambda:InvokeFunction", FUNCTION): True,
    (EXECUTION, "iam:PassRole", ENGINE): True,
    (EXECUTION, "lambda:UpdateFunctionCode", FUNCTION): True,
    (ADMINISTRATOR, "iam:CreateRole", role("mine")): True,
}


def wrong(policy: Any) -> list[Question]:
    """What the policy decides differently, by an evaluator that isn't ours."""
    answer = subprocess.run(
        ["node", ROOT / "tests/iam/ask.mjs"],
        input=json.dumps({"policy": policy, "questions": [*EXPECTED]}),
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        question
        for question, is_allowed in zip(EXPECTED, json.loads(answer.stdout), strict=True)
        if is_allowed != EXPECTED[question]
    ]


def test_the_policy_decides_as_the_docs_say() -> None:
    assert wrong(POLICY) == []


def _without_a_name(policy: Any) -> None:
    policy["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].pop()


def _any_user(policy: Any) -> None:
    policy["Statement"][0]["Resource"] = "*"


def _another_master(policy: Any) -> None:
    policy["Statement"][0]["Resource"] = "arn:aws:rds-db:*:*:dbuser:*/postgres"


def _only_clusters(policy: Any) -> None:
    policy["Statement"][0]["Resource"] = "arn:aws:rds-db:*:*:dbuser:cluster-*/keyless_master"


def _no_second_statement(policy: Any) -> None:
    policy["Statement"].pop()


def _anybody(policy: Any) -> None:
    policy["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = "arn:aws:iam::*:role/*"


MUTANTS = [_without_a_name, _any_user, _another_master, _only_clusters, _no_second_statement, _anybody]


@pytest.mark.parametrize("change", MUTANTS)
def test_another_policy_decides_otherwise(change: Callable[[Any], None]) -> None:
    policy = copy.deepcopy(POLICY)
    change(policy)
    assert wrong(policy) != []


def test_the_roles_of_the_app_that_log_in_as_the_master_are_the_ones_it_names(prod: Synthesis) -> None:
    """CloudFormation puts the stack's name and the logical id first in the name of a role that isn't given one."""
    patterns = POLICY["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    prefixes = [pattern.partition("/")[2].replace("*", "prod", 1).rstrip("*") for pattern in patterns]
    for logical_id in masters(prod):
        assert any(f"KeylessAurora-prod-access-{logical_id}".startswith(prefix) for prefix in prefixes), logical_id


def masters(synthesis: Synthesis) -> Iterator[str]:
    resources = synthesis.templates.by_stack["access"]["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Policy" and f"/{MASTER}" in json.dumps(resource):
            yield from (found["Ref"] for found in resource["Properties"]["Roles"])
