"""Your own stacks: of what decides who may do or reach what, and of the database's clients, what they can't have
otherwise. The rest is yours."""

from keyless_checks.rules.decided.forms import Anything, Each, Either, Form, Open
from keyless_checks.rules.decided.types import calls, functions, groups
from keyless_checks.rules.decided.types.words import KEY, NAME, POLICY_VERSION, TAGS, kept

_CONDITION = Open({}, r"\w+(:\w+)?", Open({}, r"[\w:/.-]+", Each(".+", single=True)))
_STATEMENT: Form = {
    "Effect": "Allow|Deny",
    "Action": Each(r"[a-z0-9-]+:[A-Za-z0-9*]+", single=True),
    "Resource": Each(".+", single=True),
    "Condition?": _CONDITION,
    "Sid?": "[A-Za-z0-9]+",
}
_TRUST: Form = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole(WithWebIdentity)?",
    "Principal": Open({}, "Service|Federated", Each(".+", single=True)),
    "Condition?": _CONDITION,
}
_CLIENTS: tuple[Form, ...] = tuple(
    {
        "DependsOn": functions.WITH_ROLE,
        "Properties": Open({**one, "Handler": ".+", "Runtime": ".+", "Tags?": TAGS}, ".+", Anything()),
    }
    for one in functions.CLIENTS
)
_OTHER = Open({"Environment?": {"Variables": Open({}, r"(?!PG|MYSQL_|DB_)\w+", ".*")}, "Role": ".+"}, ".+", Anything())


def _kept(properties: Form) -> Form:
    return Either(
        tuple({**way, "DependsOn?": Anything(), "Properties": properties} for way in kept("Delete", "Retain"))
    )


TYPES: dict[str, Form] = {
    "AWS::Lambda::Function": Either((*_CLIENTS, Open({"Properties": _OTHER}, ".+", Anything()))),
    "AWS::Lambda::LayerVersion": Open(
        {
            "Properties": Open(
                {
                    "CompatibleArchitectures": Each("arm64|x86_64"),
                    "CompatibleRuntimes": Each(r"\w+(\.\w+)?"),
                    "Content": functions.ASSET,
                    "Description?": ".+",
                },
                ".+",
                Anything(),
            )
        },
        ".+",
        Anything(),
    ),
    "AWS::Logs::LogGroup": _kept(
        Open(
            {"KmsKeyId": f"{KEY}|arn:.+", "RetentionInDays": Either(calls.RETENTION), "Tags?": TAGS},
            ".+",
            Anything(),
        )
    ),
    "AWS::IAM::Policy": Open(
        {
            "Properties": {
                "PolicyDocument": {"Version": POLICY_VERSION, "Statement": Each(_STATEMENT)},
                "PolicyName": NAME,
                "Roles": Each("<AWS::IAM::Role>|[^<].*"),
            }
        },
        "DependsOn",
        Anything(),
    ),
    "AWS::IAM::Role": Open(
        {
            "Properties": Open(
                {
                    "AssumeRolePolicyDocument": {"Version": POLICY_VERSION, "Statement": Each(_TRUST)},
                    "Description?": ".+",
                    "Tags?": TAGS,
                },
                ".+",
                Anything(),
            )
        },
        "DependsOn",
        Anything(),
    ),
    "AWS::EC2::SecurityGroupEgress": groups.TYPES["AWS::EC2::SecurityGroupEgress"],
    "AWS::EC2::SecurityGroupIngress": Either((groups.TYPES["AWS::EC2::SecurityGroupIngress"], groups.FROM_OUTSIDE)),
    "AWS::EC2::SecurityGroup": {"DependsOn?": Anything(), "Properties": Open(groups.GROUP_PROPERTIES, "Tags", TAGS)},
}
