"""Alarms, notices, the dashboard and the secrets' rotation."""

from keyless_checks.rules.decided.forms import Each, Either, Form, Number
from keyless_checks.rules.decided.types.words import (
    ACCOUNT,
    AFTER_OTHERS,
    BUS,
    FUNCTION,
    KEY,
    LABEL,
    LOG_GROUP,
    METRICS,
    OF_A_USER,
    REGION,
    RESOURCE,
    ROLE,
    STACKS,
    TAGS,
    TOPIC,
    allow,
    kept,
    policy,
    service,
    waits_for,
)

_RETRIES: Form = {"MaximumEventAgeInSeconds": 1800, "MaximumRetryAttempts": 2}
_WATCH = Each(rf"{FUNCTION}(:\$LATEST)?", least=2, has=(FUNCTION, rf"{FUNCTION}:\$LATEST"))
_FOUND: Form = {
    "requestContext": {"functionArn": _WATCH},
    "responsePayload": {"drift": Each({"numeric": Each(Either((">", 0)), least=2, most=2, has=(">", 0))}, most=1)},
}
_FAILED: Form = {
    "requestContext": {"functionArn": _WATCH, "condition": Each({"anything-but": Each("Success", most=1)}, most=1)}
}
_SCHEDULE: Form = {
    "Description": LABEL,
    "ScheduleExpression": r"cron\(\d{1,2} [\d,*]+ \* \* \? \*\)",
    "State": "ENABLED",
    "Tags": TAGS,
    "Targets": Each({"Arn": FUNCTION, "Id": "Target0", "Input": r"\{.+\}", "RetryPolicy": _RETRIES}, most=1),
}

_ENDING: Form = {
    "Description": LABEL,
    "ScheduleExpression": r"rate\(1 minute\)",
    "State": "ENABLED",
    "Tags": TAGS,
    "Targets": Each(
        {
            "Arn": FUNCTION,
            "Id": "Target0",
            "Input": r"\{\"EndExpired\":.+\}",
            "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0},
        },
        most=1,
    ),
}


def _notice(detail: Form, path: str) -> Form:
    target: Form = {
        "Arn": TOPIC,
        "Id": "Topic",
        "InputTransformer": {"InputPathsMap": {"found": path}, "InputTemplate": r"\{.+<found>.*\}"},
    }
    return {
        "Description": LABEL,
        "EventPattern": {"source": Each("lambda", most=1), "detail": detail},
        "State?": "ENABLED",
        "Tags": TAGS,
        "Targets": Each(target, most=1),
    }


_HANDED_ON: Form = {
    "Description": LABEL,
    "EventPattern": {
        "source": Each("lambda", most=1),
        "detail": {"requestContext": {"functionArn": _WATCH}},
    },
    "State?": "ENABLED",
    "Tags": TAGS,
    "Targets": Each({"Arn": BUS, "Id": "Bus", "RoleArn": ROLE}, most=1),
}
_ALARMS: Form = rf"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{STACKS}-\*"
_TOPIC_STATEMENTS: tuple[Form, ...] = (
    allow(
        "sns:Publish",
        TOPIC,
        {"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
        Principal=r"\*",
        Sid="AllowPublishThroughSSLOnly",
    ),
    allow(
        "sns:Publish",
        TOPIC,
        {"ArnLike": {"aws:SourceArn": _ALARMS}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
        Principal=service("cloudwatch.amazonaws.com"),
        Sid=r"\d",
    ),
    allow("sns:Publish", TOPIC, Principal=service("events.amazonaws.com"), Sid=r"\d"),
)
_SECRET: Form = {
    "Description": LABEL,
    "GenerateSecretString": {
        "ExcludePunctuation": True,
        "GenerateStringKey": "password",
        "PasswordLength": Either((40, 30)),
        "SecretStringTemplate": r"\{.+\}",
    },
    "KmsKeyId": KEY,
    "Tags": TAGS,
}

TYPES: dict[str, Form] = {
    "AWS::CloudWatch::Dashboard": {"Properties": {"DashboardBody": r"\{.+\}", "DashboardName": STACKS, "Tags": TAGS}},
    "AWS::Events::Rule": Either(
        (
            {"DependsOn": waits_for("Custom::DatabaseAccess"), "Properties": _SCHEDULE},
            {"DependsOn": waits_for("Custom::DatabaseAccess"), "Properties": _ENDING},
            {"Properties": _notice(_FOUND, r"\$\.detail\.responsePayload")},
            {"Properties": _notice(_FAILED, r"\$\.detail")},
            {"DependsOn": waits_for("AWS::IAM::Role", "AWS::IAM::Policy"), "Properties": _HANDED_ON},
        )
    ),
    "AWS::Logs::MetricFilter": {
        "DependsOn?": AFTER_OTHERS,
        "Properties": {
            "FilterPattern": r"(\{ \$\.drift >= 0 \})?",
            "LogGroupName": rf"{LOG_GROUP}|/aws/rds/(cluster|instance)/[A-Za-z0-9-]+/iam-db-auth-error",
            "MetricTransformations": Each(
                {
                    "MetricName": "Drift|IamLoginFailures",
                    "MetricNamespace": METRICS,
                    "MetricValue": r"\$\.drift|1",
                    "Unit": "Count",
                },
                most=1,
            ),
        },
    },
    "AWS::SNS::Topic": {
        "Properties": {
            "DisplayName": RESOURCE,
            "KmsMasterKeyId": KEY,
            "Tags": TAGS,
            "TopicName": RESOURCE,
        }
    },
    "AWS::SNS::TopicPolicy": {
        "Properties": {
            "PolicyDocument": policy(*_TOPIC_STATEMENTS, has=_TOPIC_STATEMENTS[:2]),
            "Topics": Each(TOPIC, most=1),
        }
    },
    "AWS::SNS::Subscription": {"Properties": {"Endpoint": r"[^@\s]+@[^@\s]+", "Protocol": "email", "TopicArn": TOPIC}},
    "AWS::SecretsManager::Secret": Either(tuple({**way, "Properties": _SECRET} for way in kept("Delete", "Retain"))),
    "AWS::SecretsManager::RotationSchedule": {
        "DependsOn": waits_for("AWS::Lambda::Function", "Custom::DatabaseAccess"),
        "Properties": {
            "RotateImmediatelyOnUpdate": False,
            "RotationLambdaARN": FUNCTION,
            "RotationRules": {"AutomaticallyAfterDays": Number(1, 1000)},
            "SecretId": OF_A_USER,
        },
    },
}
