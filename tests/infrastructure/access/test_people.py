"""The policy of the docs for people: a port forward through the bastion, as oneself, and nothing else."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keyless_checks.reading.bastions import TAG
from tests.infrastructure.support import ROOT
from tests.infrastructure.workloads import people

POLICY = json.loads((ROOT / "docs/policies/people.json").read_text())
ACCOUNT = "111122223333"
ANA = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Database_0123456789abcdef/ana@example.com"
ID, BENS = "AROAEXAMPLE:ana@example.com", "AROAEXAMPLE:ben@example.com"
SELF = {"aws:userid": ID, "aws:PrincipalTag/databaseUser": "ana"}
UNTAGGED = {"aws:userid": ID}
INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123456789abcdef0"
DOCUMENTS = "arn:aws:ssm:eu-west-1::document"
FORWARD, SHELL = f"{DOCUMENTS}/AWS-StartPortForwardingSessionToRemoteHost", f"{DOCUMENTS}/SSM-SessionManagerRunShell"
LOCAL, SSH = f"{DOCUMENTS}/AWS-StartPortForwardingSession", f"{DOCUMENTS}/AWS-StartSSHSession"
SESSION = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:session/ana@example.com-0123456789abcdef0"
_TAG, _OWNER = f"ssm:resourceTag/{TAG}", "ssm:resourceTag/aws:ssmmessages:session-id"
_CHECK = "ssm:SessionDocumentAccessCheck"


def dbuser(name: str, resource: str = "prx-0123456789abcdef0") -> str:
    return f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:{resource}/{name}"


Question = tuple[str, str, dict[str, str]]
EXPECTED: list[tuple[Question, bool]] = [
    (("ssm:StartSession", INSTANCE, {**SELF, _TAG: "KeylessAurora-prod-people", _CHECK: "true"}), True),
    (("ssm:StartSession", FORWARD, {**SELF, _CHECK: "true"}), True),
    # Without a document a session is a shell, which is what the check is against.
    (("ssm:StartSession", INSTANCE, {**SELF, _TAG: "KeylessAurora-prod-people", _CHECK: "false"}), False),
    (("ssm:StartSession", INSTANCE, {**SELF, _TAG: "KeylessAurora-dev-people", _CHECK: "true"}), False),
    (("ssm:StartSession", INSTANCE, {**SELF, _CHECK: "true"}), False),
    *((("ssm:StartSession", other, {**SELF, _CHECK: "true"}), False) for other in (SHELL, LOCAL, SSH)),
    *(
        (("ssm:SendCommand", other, {**SELF, _TAG: "KeylessAurora-prod-people"}), False)
        for other in (INSTANCE, FORWARD)
    ),
    (("ssm:TerminateSession", SESSION, {**SELF, _OWNER: ID}), True),
    (("ssm:ResumeSession", SESSION, {**SELF, _OWNER: ID}), True),
    (("ssm:TerminateSession", SESSION, {**SELF, _OWNER: BENS}), False),
    (("ssm:ResumeSession", SESSION, {**SELF, _OWNER: BENS}), False),
    (("rds-db:connect", dbuser("ana"), SELF), True),
    (("rds-db:connect", dbuser("ben"), SELF), False),
    (("rds-db:connect", dbuser("keyless_master"), SELF), False),
    (("rds-db:connect", dbuser("ana", "cluster-ABCDEFGHIJKL01234"), SELF), False),
    (("rds-db:connect", dbuser("ana"), UNTAGGED), False),
    (("ec2:CreateTags", INSTANCE, SELF), False),
    (("ec2:DescribeInstances", "*", SELF), True),
]


def wrong(policy: Any) -> list[Question]:
    """What the policy decides differently."""
    questions = [(ANA, *question) for question, _ in EXPECTED]
    asked = json.dumps({"policy": policy, "questions": questions})
    answer = subprocess.run(
        ["node", ROOT / "tests/iam/person.mjs"],
        input=asked.replace(DOCUMENTS, DOCUMENTS.replace("::", f":{ACCOUNT}:")),  # its data knows none without account
        capture_output=True,
        text=True,
        check=True,
    )
    decided = json.loads(answer.stdout)
    return [
        question for (question, allowed), is_allowed in zip(EXPECTED, decided, strict=True) if is_allowed != allowed
    ]


def test_the_policy_decides_as_the_docs_say() -> None:
    assert wrong(POLICY) == []


def _any_instance(policy: Any) -> None:
    policy["Statement"][1].pop("Condition")


def _a_shell_too(policy: Any) -> None:
    policy["Statement"][1]["Condition"].pop("BoolIfExists")


def _any_document(policy: Any) -> None:
    policy["Statement"][2]["Resource"] = "arn:aws:ssm:eu-west-1::document/AWS-Start*"


def _any_session(policy: Any) -> None:
    policy["Statement"][3].pop("Condition")


def _any_user(policy: Any) -> None:
    policy["Statement"][4]["Resource"] = dbuser("*")


def _any_database(policy: Any) -> None:
    policy["Statement"][4]["Resource"] = dbuser("${aws:PrincipalTag/databaseUser}", "*")


def _no_right(policy: Any) -> None:
    del policy["Statement"][4]


@pytest.mark.parametrize(
    "change", [_any_instance, _a_shell_too, _any_document, _any_session, _any_user, _any_database, _no_right]
)
def test_a_policy_that_allows_more_or_less_is_seen(change: Callable[[Any], None]) -> None:
    broken = copy.deepcopy(POLICY)
    change(broken)
    assert wrong(broken) != []


def test_it_names_the_bastion_as_the_stack_tags_it(out: Path) -> None:
    tags = people(out).templates.props("people/Bastion/Servers/ASG")["Tags"]
    (named,) = POLICY["Statement"][1]["Condition"]["StringEquals"].items()
    (value,) = [tag["Value"] for tag in tags if tag["Key"] == TAG]
    assert named == (f"ssm:resourceTag/{TAG}", value.replace("-dev-", "-prod-"))
