"""Roles, policies, keys: every statement that the stacks make."""

from keyless_checks.rules.decided.forms import Each, Either, Form, Number, Open
from keyless_checks.rules.decided.types.words import (
    ACCOUNT,
    AFTER_OTHERS,
    BUS,
    FUNCTION,
    KEY,
    LABEL,
    NAME,
    OF_A_USER,
    OF_THE_MASTER,
    OF_THIS_ACCOUNT,
    POLICY_VERSION,
    REGION,
    RESOURCE_ID,
    STACKS,
    TAGS,
    THROUGH_SECRETS,
    USER,
    allow,
    policy,
    service,
)

_LOG_GROUP = r"<AWS::Logs::LogGroup>\.Arn(:\*)?"
_MONITORING_LOG = rf"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:RDSOSMetrics"
_INTERFACES = (
    "ec2:(AssignPrivateIpAddresses|CreateNetworkInterface|DeleteNetworkInterface|DescribeNetworkInterfaces|"
    "DescribeSubnets|UnassignPrivateIpAddresses)"
)
_WHO_CONNECTS = rf"({RESOURCE_ID}|<part 6 by : of <AWS::RDS::DBProxy>\.DBProxyArn>)"
_CDK_ROLE = rf"arn:aws:iam::{ACCOUNT}:role/cdk-[a-z0-9]+-(deploy|file-publishing)-role-{ACCOUNT}-{REGION}"

_STATEMENTS: tuple[Form, ...] = (
    allow("logs:(CreateLogStream|PutLogEvents|DescribeLogStreams)", _LOG_GROUP),
    allow(
        "logs:(CreateLogGroup|PutRetentionPolicy|CreateLogStream|DescribeLogStreams|GetLogEvents|PutLogEvents)",
        rf"{_MONITORING_LOG}(:log-stream)?(:\*)?",
    ),
    allow("rds-db:connect", rf"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{_WHO_CONNECTS}/{USER}"),
    allow(_INTERFACES, r"\*"),
    allow(_INTERFACES, r"\*", {"ArnEquals": {"lambda:SourceFunctionArn": FUNCTION}}, effect="Deny"),
    allow("lambda:InvokeFunction", rf"{FUNCTION}(:\*)?"),
    allow("lambda:GetFunction", FUNCTION),
    allow("events:PutEvents", rf"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"),
    allow("events:PutEvents", BUS),
    allow("secretsmanager:(DescribeSecret|GetSecretValue|PutSecretValue|UpdateSecretVersionStage)", OF_A_USER),
    allow("secretsmanager:GetSecretValue", f"{OF_A_USER}|{OF_THE_MASTER}"),
    allow("kms:(Decrypt|GenerateDataKey)", KEY, THROUGH_SECRETS),
    allow("sts:AssumeRole", _CDK_ROLE),
    allow(
        "cloudformation:(DescribeStacks|GetTemplate)",
        rf"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACKS}/\*",
    ),
)
_INLINE: tuple[Form, ...] = (
    allow(
        "ec2:(Authorize|Revoke)SecurityGroup(Ingress|Egress)",
        rf"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/<AWS::EC2::VPC>\.DefaultSecurityGroup",
    ),
    *_STATEMENTS,
)


def _trust(principal: Form, condition: Form | None = None, action: str = "sts:AssumeRole") -> Form:
    statement: dict[str, Form] = {"Effect": "Allow", "Action": action, "Principal": principal}
    return {**statement, "Condition": condition} if condition is not None else statement


_FLOW_LOGS: Form = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": rf"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/\*"},
}
_HOST = "token.actions.githubusercontent.com"
_GITHUB = _HOST.replace(".", r"\.")
_TRUSTS: tuple[Form, ...] = (
    _trust(service("lambda.amazonaws.com")),
    _trust(service("events.amazonaws.com")),
    *(_trust(service("rds.amazonaws.com"), condition) for condition in (None, OF_THIS_ACCOUNT)),
    _trust(service("monitoring.rds.amazonaws.com"), OF_THIS_ACCOUNT),
    _trust(service("vpc-flow-logs.amazonaws.com"), _FLOW_LOGS),
    _trust(
        {"Federated": rf"<AWS::IAM::OIDCProvider>\.Arn|arn:aws:iam::{ACCOUNT}:oidc-provider/{_GITHUB}"},
        {
            "StringEquals": Open(
                {f"{_HOST}:aud": r"sts\.amazonaws\.com", f"{_HOST}:sub": r"repo:[^*?]+"}, rf"{_GITHUB}:\w+", r"[^*?]+"
            )
        },
        action="sts:AssumeRoleWithWebIdentity",
    ),
)
_TRUST: dict[str, Form] = {
    "AssumeRolePolicyDocument": {"Version": POLICY_VERSION, "Statement": Each(Either(_TRUSTS), most=1)}
}
_INLINE_POLICIES = Each({"PolicyName": NAME, "PolicyDocument": policy(*_INLINE)})
TYPES: dict[str, Form] = {
    "AWS::IAM::Role": Either(
        (
            {
                "DependsOn?": AFTER_OTHERS,
                "Properties": {
                    **_TRUST,
                    "Description": LABEL,
                    "MaxSessionDuration?": Number(3_600, 14_400),
                    "Tags": TAGS,
                    "Policies?": _INLINE_POLICIES,
                },
            },
            {"Properties": {**_TRUST, "Policies": _INLINE_POLICIES}},  # the CDK's own, which takes no tags
        )
    ),
    "AWS::IAM::Policy": {
        "DependsOn?": AFTER_OTHERS,
        "Properties": {
            "PolicyDocument": policy(*_STATEMENTS),
            "PolicyName": NAME,
            "Roles": Each("<AWS::IAM::Role>", most=1),
        },
    },
    "AWS::IAM::OIDCProvider": {
        "Properties": {
            "ClientIdList": Each(r"sts\.amazonaws\.com", most=1),
            "Url": rf"https://{_GITHUB}",
            "Tags?": TAGS,
        }
    },
}
