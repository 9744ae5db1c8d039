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
DEPLOY = role(f"cdk-klprod-deploy-role-{ACCOUNT}-eu-west-1")
PIPELINE = role("KeylessAurora-prod-pipeline-DeployRole1A2B3C4D-AbCdEfGhIjKl")
BREAK_GLASS = role("BreakGlass")
EVIL = role("cdk-x-cfn-exec-role-evil")
WATCH = role("KeylessAurora-prod-access-WatchRoleDDF31036-x")
DATABASES = [f"arn:aws:rds:eu-west-1:{ACCOUNT}:{name}" for name in ("cluster:keylessaurora-prod-x", "db:x")]
STACK = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/KeylessAurora-prod-access/0a1b2c3d"
ON_ROLES = [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
]
ON_FUNCTIONS = [
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
]
ON_DATABASES = [
    ("rds:EnableHttpEndpoint", DATABASES[0]),
    ("rds:ModifyDBCluster", DATABASES[0]),
    ("rds:ModifyDBInstance", DATABASES[1]),
]
ON_STACKS = ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:UpdateStack"]
ON_THE_ENGINE = [
    *((action, resource) for action in (*ON_ROLES, "iam:PassRole") for resource in (ENGINE, WATCH, PIPELINE)),
    *((action, FUNCTION) for action in ON_FUNCTIONS),
    *ON_DATABASES,
]
EXPECTED: dict[Question, bool] = {
    **{
        (principal, action, resource): principal in (EXECUTION, BREAK_GLASS)
        for principal in (ADMINISTRATOR, EVIL, EXECUTION, BREAK_GLASS, DEPLOY)
        for action, resource in ON_THE_ENGINE
    },
    **{
        (principal, action, resource): principal == BREAK_GLASS
        for principal in (ADMINISTRATOR, EVIL, EXECUTION, BREAK_GLASS)
        for action in ON_ROLES
        for resource in (EVIL, EXECUTION, DEPLOY, BREAK_GLASS)
    },
    **{
        (principal, action, resource): principal in (DEPLOY, BREAK_GLASS)
        for principal in (ADMINISTRATOR, EVIL, PIPELINE, DEPLOY, BREAK_GLASS)
        for action, resource in [*((action, STACK) for action in ON_STACKS), ("iam:PassRole", EXECUTION)]
    },
    **{
        (principal, "sts:AssumeRole", DEPLOY): principal in (PIPELINE, BREAK_GLASS)
        for principal in (ADMINISTRATOR, EVIL, PIPELINE, BREAK_GLASS)
    },
    **{
        (principal, "rds-db:connect", user(MASTER)): False
        for principal in (EVIL, WATCH, BREAK_GLASS, DEPLOY, PIPELINE, role("KeylessAurora-dev-access-BootstrapRoleX"))
    },
    (ENGINE, "rds-db:connect", user(MASTER)): True,
    (WATCH, "rds-db:connect", user("drift_watch")): True,
    (role("KeylessAurora-prod-access-RotateRole1A2B3C4D-x"), "rds-db:connect", user(MASTER)): True,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER)): False,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER, "db-ABCDEFGHIJKL01234")): False,
    (ADMINISTRATOR, "rds-db:connect", user(MASTER, "prx-0123456789abcdef0")): False,
    (role("KeylessAurora-prod-workload-WriterRole1A2B3C4D-x"), "rds-db:connect", user(MASTER)): False,
    (EXECUTION, "rds-db:connect", user(MASTER)): False,
    (role("KeylessAurora-prod-workload-WriterRole1A2B3C4D-x"), "rds-db:connect", user("lambda_writer")): True,
    (ADMINISTRATOR, "iam:CreateRole", role("KeylessAurora-mine-access-BootstrapRoleX")): False,
    (ADMINISTRATOR, "iam:CreateRole", role("orders-KeylessAurora-mine-access-BootstrapRoleX")): False,
    (ADMINISTRATOR, "lambda:InvokeFunction", FUNCTION): True,
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


def _anybody(policy: Any) -> None:
    policy["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = "arn:aws:iam::*:role/*"


def _the_watch_too(policy: Any) -> None:
    policy["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append("arn:aws:iam::*:role/*-WatchRole*")


def _any_execution_role(policy: Any) -> None:
    policy["Statement"][1]["Condition"] = {
        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/cdk-*-cfn-exec-role-*"}
    }


MUTANTS = [
    _without_a_name, _any_user, _another_master, _only_clusters, _anybody, _the_watch_too, _any_execution_role
]  # fmt: skip


def lists(policy: Any) -> Iterator[list[str]]:
    """Of actions, resources and exempted principals."""
    for statement in policy["Statement"]:
        (exempt,) = statement["Condition"].values()
        yield from (each for each in (statement["Action"], statement["Resource"], *exempt.values()) if _is_list(each))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def without_each_entry() -> Iterator[Any]:
    for number, entries in enumerate(lists(POLICY)):
        for entry in range(len(entries)):
            policy = copy.deepcopy(POLICY)
            del [*lists(policy)][number][entry]
            yield policy
    for number in range(len(POLICY["Statement"])):
        policy = copy.deepcopy(POLICY)
        del policy["Statement"][number]
        yield policy


@pytest.mark.parametrize("policy", [*without_each_entry()])
def test_nothing_in_it_is_there_for_nothing(policy: Any) -> None:
    assert wrong(policy) != []


@pytest.mark.parametrize("change", MUTANTS)
def test_another_policy_decides_otherwise(change: Callable[[Any], None]) -> None:
    policy = copy.deepcopy(POLICY)
    change(policy)
    assert wrong(policy) != []


def test_the_roles_of_the_app_that_log_in_as_the_master_are_the_ones_it_names(prod: Synthesis) -> None:
    """CloudFormation puts the stack's name and the logical id first in the name of a role that isn't given one."""
    patterns = POLICY["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    prefixes = [pattern.partition("/")[2].rstrip("*") for pattern in patterns]
    for logical_id in masters(prod):
        assert any(f"KeylessAurora-prod-access-{logical_id}".startswith(prefix) for prefix in prefixes), logical_id


def masters(synthesis: Synthesis) -> Iterator[str]:
    resources = synthesis.templates.by_stack["access"]["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Policy" and f"/{MASTER}" in json.dumps(resource):
            yield from (found["Ref"] for found in resource["Properties"]["Roles"])
