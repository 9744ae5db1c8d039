"""What IAM's simulator says of a principal: by its policies, its permissions boundary and service control policies.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.preflight.account.identity import Identity
from keyless.preflight.account.reader import Reader
from keyless.preflight.finding import UnansweredError

CONNECT: Final = "rds-db:connect"
_MISSING: Final = frozenset({"NoSuchEntity", "NoSuchEntityException"})
_ASSUMED: Final = re.compile("arn:[a-z-]+:sts::[0-9]{12}:assumed-role/([^/]+)/.*")


@dataclass(frozen=True)
class Right:
    principal: str
    """The ARN of a role or user."""
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    """What the policies' conditions are told of the request."""

    def __str__(self) -> str:
        return f"may {self.principal} {self.action} on {self.resource}?"


def simulated(reader: Reader, right: Right, fix: str) -> Finding:
    """Raises UnansweredError.

    Args:
        fix: where a policy that gives the right would be.
    """
    if right.principal.endswith(":root"):
        return unseen(str(right), "the account's root has no policies that could be simulated")
    asked = {
        "PolicySourceArn": right.principal,
        "ActionNames": [right.action],
        "ResourceArns": [right.resource],
        "ContextEntries": [
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in right.context.items()
        ],
    }
    found = reader.items("iam", "SimulatePrincipalPolicy", "EvaluationResults", missing=_MISSING, **asked)
    if not found:
        return wrong(str(right), "there is no such role", f"deploy again, which makes {right.principal}")
    result = found[0]
    if result["EvalDecision"] == "allowed":
        return well(str(right), "allowed")
    return wrong(str(right), _answer(result, reader, right), _fix(result, right, fix))


def _answer(result: Any, reader: Reader, right: Right) -> str:
    if _outside_boundary(result):
        return f"{result['EvalDecision']}: not within its permissions boundary{_boundary(reader, right)}"
    if _outside_organization(result):
        return f"{result['EvalDecision']}: not allowed by a service control policy of the organization"
    denying = ", ".join(one["SourcePolicyId"] for one in result.get("MatchedStatements", ()))
    if result["EvalDecision"] == "explicitDeny":
        return f"explicitDeny: a statement denies it{f', in {denying}' if denying else ''}"
    return "implicitDeny: no statement of its policies allows it"


def _fix(result: Any, right: Right, fix: str) -> str:
    if _outside_boundary(result):
        return f"add {right.action} on {right.resource} to the boundary's policy, or take the boundary off the role"
    if _outside_organization(result):
        return f"ask the organization's administrator to let the account {right.action}"
    return "remove that statement, or its condition" if result["EvalDecision"] == "explicitDeny" else fix


def _outside_boundary(result: Any) -> bool:
    return result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary") is False


def _outside_organization(result: Any) -> bool:
    return result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False


def _boundary(reader: Reader, right: Right) -> str:
    """Its ARN, where it can be read."""
    try:
        role = reader.read("iam", "GetRole", RoleName=right.principal.rpartition("/")[2])["Role"]
    except UnansweredError:
        return ""
    return f" {role['PermissionsBoundary']['PermissionsBoundaryArn']}" if "PermissionsBoundary" in role else ""


def principal_of(reader: Reader, identity: Identity) -> str:
    """The role of an assumed role, of whose path its session says nothing; anybody else's own ARN. Raises
    UnansweredError."""
    found = _ASSUMED.fullmatch(identity.arn)
    return str(reader.read("iam", "GetRole", RoleName=found[1])["Role"]["Arn"]) if found else identity.arn
