"""Rules for what stays when a resource is replaced or its stack goes: data, keys and logs."""

from collections.abc import Iterator

from keyless_checks.allowed.types import DECIDED
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_KEPT = (
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::SecretsManager::Secret",
)
_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
_STAYS = ("Retain", "RetainExceptOnCreate")
_ENCRYPTED = {"AWS::Logs::LogGroup": "KmsKeyId", "AWS::SecretsManager::Secret": "KmsKeyId"}
_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""CloudWatch Logs API, PutRetentionPolicy."""


def said_twice(templates: Templates) -> Iterator[Finding]:
    """What keeps data says what becomes of it, the same when it is deleted and when it is replaced (where
    RetainExceptOnCreate is not known)."""
    for resource in templates.all(*_KEPT):
        deleted, replaced = resource.body.get("DeletionPolicy"), resource.body.get("UpdateReplacePolicy")
        if resource.stack in DECIDED and (
            deleted not in _POLICIES or replaced != str(deleted).removesuffix("ExceptOnCreate")
        ):
            yield Finding(
                resource.path, f"DeletionPolicy is {deleted}, UpdateReplacePolicy {replaced}; allowed: both, and alike"
            )


def keys_stay(templates: Templates) -> Iterator[Finding]:
    """The key of what stays, stays: without it nobody could read that."""
    for resource in templates.all(*_ENCRYPTED):
        key = templates.target(resource.stack, resource.props.get(_ENCRYPTED[resource.type]))
        if _stays(resource) and key is not None and not _stays(key):
            yield Finding(key.path, f"the key goes with its stack, and {resource.path} stays")


def _stays(resource: Resource) -> bool:
    return resource.body.get("DeletionPolicy") in _STAYS


def alike_logs(templates: Templates) -> Iterator[Finding]:
    """Logs are kept for a time that CloudWatch Logs knows; those of the project's own stacks alike, and all stay or go
    with their stacks."""
    groups = list(templates.all("AWS::Logs::LogGroup"))
    first = next((group for group in groups if group.stack in DECIDED), None)
    for group in groups:
        days = group.props.get("RetentionInDays")
        if days not in _DAYS:
            yield Finding(group.path, f"RetentionInDays is {days}; allowed: {', '.join(map(str, _DAYS))}")
        if (
            first
            and group.stack in DECIDED
            and (days, _stays(group)) != (first.props.get("RetentionInDays"), _stays(first))
        ):
            yield Finding(group.path, f"it is not kept as {first.path} is")


def encrypted_logs(templates: Templates) -> Iterator[Finding]:
    """Every log group is encrypted with a key of the stacks."""
    for group in templates.all("AWS::Logs::LogGroup"):
        key = templates.target(group.stack, group.props.get("KmsKeyId"))
        if key is None or key.type != "AWS::KMS::Key":
            yield Finding(group.path, "it is not encrypted with a key of the stacks")


def access_goes(templates: Templates) -> Iterator[Finding]:
    """Access goes with its stack: what stays would be users whom nobody manages."""
    for access in templates.all("Custom::DatabaseAccess"):
        if {access.body.get("DeletionPolicy"), access.body.get("UpdateReplacePolicy")} != {"Delete"}:
            yield Finding(access.path, "DeletionPolicy and UpdateReplacePolicy must be Delete")


RULES: tuple[Rule, ...] = (said_twice, keys_stay, alike_logs, encrypted_logs, access_goes)
