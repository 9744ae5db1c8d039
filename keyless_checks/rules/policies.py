"""Rules for the form of policy documents: IAM, keys, topics and endpoints read them alike, and CloudFormation's schemas
say nothing about them."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.documents import TRUST, Document, documents
from keyless_checks.reading.templates import Templates, as_list
from keyless_checks.rule import Finding, Rule

_VERSION = "2012-10-17"
_KEYS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*]+")
_OF_WHOM = re.compile(
    r"aws:(Principal(Account|Arn|OrgID)|Source(Account|Arn|Owner|OwnerAccount|OrgID|Vpce))|kms:CallerAccount",
    re.IGNORECASE,
)
"""Condition keys that say whose a request is (IAM User Guide, "AWS global condition context keys")."""
_NARROWS = re.compile(r"(StringEquals|StringLike|ArnEquals|ArnLike)", re.IGNORECASE)
"""Not their `IfExists`, which a request without the key passes."""


def grammar(templates: Templates) -> Iterator[Finding]:
    """A policy is a list of statements, each with an effect, actions, and resources or principals (IAM User Guide,
    "Grammar of the IAM JSON policy language")."""
    for document in documents(templates):
        yield from (Finding(document.resource.path, f"{document.name}: {p}") for p in _document_problems(document))


def _document_problems(document: Document) -> Iterator[str]:
    body = document.body
    if not isinstance(body, dict) or body.get("Version") != _VERSION:
        yield f"it is not a policy of version {_VERSION}"
    entries = as_list(body.get("Statement", [])) if isinstance(body, dict) else []
    if not entries:
        yield "it has no Statement"
    for number, entry in enumerate(entries):
        where = f"statement {number}"
        problems = _problems(document, entry) if isinstance(entry, dict) else ["it is not an object"]
        yield from (f"{where}: {problem}" for problem in problems)


def _problems(document: Document, entry: dict[str, Any]) -> Iterator[str]:
    if entry.get("Effect") not in ("Allow", "Deny"):
        yield f"Effect is {entry.get('Effect')!r}; allowed: Allow, Deny"
    if unknown := sorted(set(entry) - _KEYS):
        yield f"{', '.join(unknown)} mean nothing in a statement"
    actions = as_list(entry.get("Action", entry.get("NotAction", [])))
    if not actions or any(not isinstance(action, str) or not _ACTION.fullmatch(action) for action in actions):
        yield f"Action is {actions}; allowed: service:Action"
    if ("Principal" in entry) == document.of_identity:
        yield f"Principal is {'there' if document.of_identity else 'missing'}"
    resources = as_list(entry.get("Resource", entry.get("NotResource", [])))
    if document.name != TRUST and (not resources or any(not isinstance(r, str | dict) for r in resources)):
        yield f"Resource is {resources}; allowed: an ARN or several"
    if not _is_condition(entry.get("Condition", {"-": {"-": "-"}})):
        yield "Condition is not operators with their keys and values"


def _is_condition(condition: object) -> bool:
    return (
        isinstance(condition, dict)
        and bool(condition)
        and all(isinstance(keys, dict) and keys for keys in condition.values())
    )


def not_everybody(templates: Templates) -> Iterator[Finding]:
    """A queue, topic, bucket, key or endpoint lets nobody in without asking whose they are: `Principal: "*"` is
    everybody in every account (IAM User Guide, "AWS JSON policy elements: Principal")."""
    for document in documents(templates):
        for entry in as_list(document.body.get("Statement", [])) if isinstance(document.body, dict) else []:
            if isinstance(entry, dict) and entry.get("Effect") == "Allow" and _everybody(entry) and not _whose(entry):
                yield Finding(
                    document.resource.path,
                    f"{document.name}: everybody may {', '.join(map(str, as_list(entry.get('Action'))))};"
                    " allowed: a principal, or a condition that says whose a request is",
                )


def _everybody(entry: dict[str, Any]) -> bool:
    principal = entry.get("Principal")
    return any("*" in as_list(one) for one in (principal.values() if isinstance(principal, dict) else [principal]))


def _whose(entry: dict[str, Any]) -> bool:
    condition = entry.get("Condition")
    return isinstance(condition, dict) and any(
        isinstance(keys, dict)
        and any(_OF_WHOM.fullmatch(key) and "*" not in as_list(value) for key, value in keys.items())
        for operator, keys in condition.items()
        if _NARROWS.fullmatch(operator)
    )


RULES: tuple[Rule, ...] = (grammar, not_everybody)
