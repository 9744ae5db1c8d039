"""What calls functions, the access that they carry out, and where they write."""

from keyless_checks.rules.decided.forms import Anything, Each, Either, Form, Number, Open
from keyless_checks.rules.decided.types.words import (
    ACCOUNT,
    AFTER_OTHERS,
    FUNCTION,
    KEY,
    OF_A_USER,
    REGION,
    RESOURCE_ID,
    TAGS,
    USER,
    kept,
    waits_for,
)

RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""PutRetentionPolicy, retentionInDays."""
_BUS: Form = {"Destination": rf"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"}
_SPECS: tuple[dict[str, Form], ...] = (
    {"Spec": Anything()},
    {
        "SpecDigest": "[0-9a-f]{64}",
        "SpecUsers": Number(0),
        "SpecSchemas": Number(0),
        "ManagedBy": ".+",
        "TakeOver?": Each(".+"),
    },
)
"""Whole, or by its digest: what is in it the access spec's own checks decide."""
_RUNS: tuple[dict[str, Form], ...] = ({"Database": ".+"}, {"Databases": Each(".+")})

TYPES: dict[str, Form] = {
    "AWS::Lambda::Permission": {
        "DependsOn?": AFTER_OTHERS,
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": FUNCTION,
            "Principal": r"(events|secretsmanager)\.amazonaws\.com",
            "SourceArn": rf"<AWS::Events::Rule>\.Arn|{OF_A_USER}",
        },
    },
    "AWS::Lambda::EventInvokeConfig": {
        "DependsOn?": AFTER_OTHERS,
        "Properties": {
            "DestinationConfig": {"OnFailure": _BUS, "OnSuccess": _BUS},
            "FunctionName": "<AWS::Lambda::Function>",
            "MaximumEventAgeInSeconds": 1800,
            "MaximumRetryAttempts": 2,
            "Qualifier": r"\$LATEST",
        },
    },
    "AWS::Logs::LogGroup": Either(
        tuple(
            {
                **way,
                "Properties": {
                    "KmsKeyId": KEY,
                    "LogGroupName?": r"/aws/rds/(cluster|instance|proxy)/[a-z0-9-]+(/[a-z.-]+)?",
                    "RetentionInDays": Either(RETENTION),
                    "Tags": TAGS,
                },
            }
            for way in kept("Delete", "Retain")
        )
    ),
    "Custom::DatabaseAccess": Either(
        tuple(
            {
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
                "DependsOn": waits_for("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"),
                "Properties": {
                    "Approved?": {"Digest": "[0-9a-f]{64}", "Made": r"[0-9T:.-]{26}Z"},
                    "Cluster": RESOURCE_ID,
                    "Secrets?": Open({}, names=USER, form=OF_A_USER),
                    "ServiceTimeout": r"\d{2,3}",
                    "ServiceToken": FUNCTION,
                    **run,
                    **handed_over,
                },
            }
            for run in _RUNS
            for handed_over in _SPECS
        )
    ),
}
