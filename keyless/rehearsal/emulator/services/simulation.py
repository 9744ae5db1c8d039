"""IAM's SimulatePrincipalPolicy by ministack's evaluator, with the role's permissions boundary.

ministack's own looks at one resource, and at no boundary. Like it this knows no service control policy.
Runs in ministack's own process.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

_OPERATION: Final = "SimulatePrincipalPolicy"
_ROLE: Final = "role/"
_DECISIONS: Final = {"Allow": "allowed", "Deny": "explicitDeny"}


def install() -> None:
    iam._IAM_HANDLERS[_OPERATION] = _simulate


def _simulate(parameters: Any) -> Any:
    arn, account = iam._p(parameters, "PolicySourceArn"), get_account_id()
    name, resources = arn.rpartition("/")[2], [*_members(parameters, "ResourceArns")]
    if not all(resource.isprintable() for resource in resources):  # an answer in XML couldn't name them
        return iam._error(400, "InvalidInput", "Invalid character in ResourceArns", ns="iam")
    if _ROLE not in arn or name not in iam._roles:
        return iam._error(404, "NoSuchEntity", f"The entity {arn} cannot be found.", ns="iam")
    told: dict[str, Any] = {"region": get_region(), "service_context": dict(_context(parameters))}
    asked = product(_members(parameters, "ActionNames"), resources)
    contexts = (iam_evaluator.EvalContext(arn, "AssumedRole", account, *one, **told) for one in asked)
    results = "".join(_result(context, name) for context in contexts)
    body = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
    return iam._xml(200, f"{_OPERATION}Response", f"<{_OPERATION}Result>{body}</{_OPERATION}Result>", ns="iam")


def _result(context: iam_evaluator.EvalContext, role: str) -> str:
    """Of one action on one resource, as far as the API's answer is read here."""
    policies = iam_evaluator._gather_role_policies(role, context.principal_account)
    boundary = iam_evaluator._permissions_boundary(iam._roles, role, context.principal_account)
    decision = iam_evaluator.evaluate(context, policies, *boundary).decision
    within = all(iam_evaluator.evaluate(context, layer).decision == "Allow" for layer in boundary)
    detail = f"<AllowedByPermissionsBoundary>{str(within).lower()}</AllowedByPermissionsBoundary>"
    return (
        f"<member><EvalActionName>{escape(context.action)}</EvalActionName>"
        f"<EvalResourceName>{escape(context.resource_arn)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS.get(decision, 'implicitDeny')}</EvalDecision>"
        + (f"<PermissionsBoundaryDecisionDetail>{detail}</PermissionsBoundaryDecisionDetail>" if boundary else "")
        + "</member>"
    )


def _context(parameters: Any) -> Iterator[tuple[str, str]]:
    """What the caller says of the request, such as kms:ViaService: of each key its first value."""
    place = 1
    while key := iam._p(parameters, f"ContextEntries.member.{place}.ContextKeyName"):
        yield key.lower(), iam._p(parameters, f"ContextEntries.member.{place}.ContextKeyValues.member.1")
        place += 1


def _members(parameters: Any, name: str) -> Iterator[str]:
    place = 1
    while value := iam._p(parameters, f"{name}.member.{place}"):
        yield value
        place += 1
