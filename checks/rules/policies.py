"""Rules for the form of policy documents: IAM, keys, topics and endpoints read them alike, and CloudFormation's schemas
say nothing about them."""

import re
from collections.abc import Iterator
from typing import Any

from checks.reading.documents import TRUST, Document, documents
from checks.reading.templates import Templates, as_list
from checks.rule import Finding, Rule

_VERSION = "2012-10-17"
_KEYS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*]+")


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


RULES: tuple[Rule, ...] = (grammar,)
