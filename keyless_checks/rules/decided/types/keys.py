"""KMS keys: who may use them for what."""

from keyless_checks.rules.decided.forms import Either, Form
from keyless_checks.rules.decided.types.words import (
    ACCOUNT,
    LABEL,
    REGION,
    RESOURCE,
    STACKS,
    TAGS,
    THROUGH_SECRETS,
    allow,
    kept,
    policy,
    service,
)

_ROOT: Form = {"AWS": rf"arn:aws:iam::{ACCOUNT}:root"}
_OWNED = allow(r"kms:\*", r"\*", Principal=_ROOT)
_ALARMS: Form = rf"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{STACKS}-\*"
_OF_TOPIC: Form = rf"arn:aws:sns:{REGION}:{ACCOUNT}:{RESOURCE}"
_KEY_STATEMENTS: tuple[Form, ...] = (
    _OWNED,
    allow(
        "kms:(Decrypt|DescribeKey|Encrypt|GenerateDataKey|GenerateDataKeyWithoutPlaintext|ReEncryptFrom|ReEncryptTo)",
        r"\*",
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": rf"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:\*"}},
        Principal={"Service": rf"logs\.{REGION}\.amazonaws\.com"},
    ),
    allow(
        "kms:(Decrypt|GenerateDataKey)",
        r"\*",
        {
            "ArnLike": {"aws:SourceArn": _ALARMS},
            "StringEquals": {"aws:SourceAccount": ACCOUNT, "kms:EncryptionContext:aws:sns:topicArn": _OF_TOPIC},
        },
        Principal=service("cloudwatch.amazonaws.com"),
    ),
    allow(
        "kms:(Decrypt|GenerateDataKey)",
        r"\*",
        {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": _OF_TOPIC}},
        Principal=service("events.amazonaws.com"),
    ),
    allow(
        r"kms:(CreateGrant|Decrypt|DescribeKey|Encrypt|GenerateDataKey\*|ReEncrypt\*)",
        r"\*",
        THROUGH_SECRETS,
        Principal=_ROOT,
    ),
)
_KEY_PROPERTIES: Form = {
    "Description": LABEL,
    "EnableKeyRotation": True,
    "KeyPolicy": policy(*_KEY_STATEMENTS, has=(_OWNED,)),
    "Tags": TAGS,
}

TYPES: dict[str, Form] = {
    "AWS::KMS::Key": Either(tuple({**way, "Properties": _KEY_PROPERTIES} for way in kept("Delete", "Retain"))),
}
