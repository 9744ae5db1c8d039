"""Rules for KMS keys: they rotate, each statement of a policy is one that was decided on, and the services that need a
key may use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keyless_checks.allowed.types import DECIDED
from keyless_checks.reading.notices import published
from keyless_checks.reading.place import place
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

KEY = "AWS::KMS::Key"
_ACCOUNT = "ACCOUNT"
_ROOT = re.compile(rf"arn:[^:]+:iam::{_ACCOUNT}:root")
_OWN_USE = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
_SECRETS_USE = {
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
}
_VIA = ("StringEquals", "kms:ViaService")
_TOPIC = {
    ("StringEquals", "kms:EncryptionContext:aws:sns:topicArn"): re.compile(rf"arn:[^:]+:sns:[^:*]+:{_ACCOUNT}:[^*]+")
}
_Conditions = dict[tuple[str, str], str]
"""Values in readable form, by operator and key."""


@dataclass(frozen=True)
class _ServiceUse:
    """What a service does with a key, and the conditions that its statement must have."""

    name: str
    service: re.Pattern[str]
    actions: set[str]
    conditions: dict[tuple[str, str], re.Pattern[str]]


_SERVICES = (
    _ServiceUse(
        "logs",
        re.compile(r"logs\.[^.]+\.amazonaws\.com"),
        {*_OWN_USE, "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"},
        {
            ("ArnLike", "kms:EncryptionContext:aws:logs:arn"): re.compile(
                rf"arn:[^:]+:logs:[^:*]+:{_ACCOUNT}:log-group:\*"
            )
        },
    ),
    _ServiceUse(
        "cloudwatch",
        re.compile(r"cloudwatch\.amazonaws\.com"),
        {"kms:Decrypt", "kms:GenerateDataKey"},
        {
            **_TOPIC,
            ("StringEquals", "aws:SourceAccount"): re.compile(_ACCOUNT),
            ("ArnLike", "aws:SourceArn"): re.compile(rf"arn:[^:]+:cloudwatch:[^:*]+:{_ACCOUNT}:alarm:[^*]+\*?"),
        },
    ),
    _ServiceUse("events", re.compile(r"events\.amazonaws\.com"), {"kms:Decrypt", "kms:GenerateDataKey"}, _TOPIC),
)
"""CloudWatch Logs User Guide, "Encrypt log data"; SNS Developer Guide, "Managing Amazon SNS encryption keys"."""


def rotated_keys(templates: Templates) -> Iterator[Finding]:
    """Every key rotates."""
    for key in templates.all(KEY):
        if key.props.get("EnableKeyRotation") is not True:
            yield Finding(key.path, "EnableKeyRotation must be true")


def decided_uses(templates: Templates) -> Iterator[Finding]:
    """A key's policy leaves its use to IAM in this account, and else lets services use it as decided here."""
    for key in templates.all(KEY):
        uses = [_use(templates, key, entry) for entry in _entries(key)]
        for number, (use, entry) in enumerate(zip(uses, _entries(key), strict=True)):
            if use is None:
                yield Finding(key.path, f"statement {number} is not one that was decided on: {_shown(entry)}")
        if "account" not in uses:
            yield Finding(key.path, "its account may not manage it, so that nobody can")


def needed_uses(templates: Templates) -> Iterator[Finding]:
    """CloudWatch Logs may use the key of a log group, CloudWatch and EventBridge that of a topic they publish to, and
    EventBridge of no other."""
    for resource in templates.all("AWS::Logs::LogGroup"):
        yield from _uses_of(templates, resource, "KmsKeyId", {"logs"})
    noticed = published(templates)
    for resource in templates.all("AWS::SNS::Topic"):
        needed = {"cloudwatch", *({"events"} if resource.path in noticed else ())}
        yield from _uses_of(templates, resource, "KmsMasterKeyId", needed)


def _uses_of(templates: Templates, encrypted: Resource, name: str, needed: set[str]) -> Iterator[Finding]:
    key = templates.target(encrypted.stack, encrypted.props.get(name))
    if key is None or key.type != KEY or encrypted.stack not in DECIDED:
        return
    has = {_use(templates, key, entry) for entry in _entries(key)}
    yield from (Finding(key.path, f"{use} may not use it for {encrypted.path}") for use in sorted(needed - has))
    if "events" in has - needed:
        yield Finding(key.path, f"events may use it, and no rule of the stacks publishes to {encrypted.path}")


def _entries(key: Resource) -> list[dict[str, Any]]:
    return as_list(key.props["KeyPolicy"]["Statement"])


def _use(templates: Templates, key: Resource, entry: dict[str, Any]) -> str | None:
    """Which of the decided uses a statement is; None for another."""
    if entry.get("Effect") != "Allow" or entry.get("Resource") != "*" or set(entry) & {"NotAction", "NotPrincipal"}:
        return None
    actions = set(as_list(entry.get("Action")))
    conditions = {
        (operator, name): _text(templates, key, value)
        for operator, names in entry.get("Condition", {}).items()
        for name, value in names.items()
    }
    match entry.get("Principal"):
        case {"AWS": principal, **others} if not others and _ROOT.fullmatch(_text(templates, key, principal)):
            return _accounts_use(actions, conditions)
        case {"Service": str(service), **others} if not others:
            return _services_use(service, actions, conditions)
        case {"AWS": principal, **others} if not others and key.stack not in DECIDED:
            role = templates.target(key.stack, principal)
            return "role" if role is not None and role.type == "AWS::IAM::Role" and actions <= _OWN_USE else None
    return None


def _text(templates: Templates, key: Resource, value: Any) -> str:
    """In readable form, with the environment's account as `ACCOUNT` where a setting names it."""
    where = place(templates)
    return templates.text(key.stack, value).replace(where.account if where else _ACCOUNT, _ACCOUNT)


def _accounts_use(actions: set[str], conditions: _Conditions) -> str | None:
    if actions == {"kms:*"} and not conditions:
        return "account"
    via = conditions.get(_VIA, "")
    confined = set(conditions) == {_VIA} and re.fullmatch(r"secretsmanager\.[^.*]+\.amazonaws\.com", via)
    return "secrets" if confined and actions <= _SECRETS_USE else None


def _services_use(service: str, actions: set[str], conditions: _Conditions) -> str | None:
    """The decided use that a service's statement is, whose conditions confine it to what this account encrypts."""
    for use in _SERVICES:
        confined = set(conditions) == set(use.conditions) and all(
            pattern.fullmatch(conditions[key]) for key, pattern in use.conditions.items()
        )
        if use.service.fullmatch(service) and confined and actions == use.actions:
            return use.name
    return None


def _shown(entry: dict[str, Any]) -> str:
    return f"{entry.get('Effect')} {entry.get('Principal')} {', '.join(map(str, as_list(entry.get('Action'))))}"


RULES: tuple[Rule, ...] = (rotated_keys, decided_uses, needed_uses)
