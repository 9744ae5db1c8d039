"""The policies of a template's roles with ids as AWS would make them: an evaluator takes an ARN only in its type's
shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from keyless_checks.reading.statements import statements
from keyless_checks.reading.templates import Resource, as_list
from tests.infrastructure.templates import Templates

ACCOUNT, REGION = "111122223333", "eu-west-1"
_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_SHAPES = {
    ("AWS::Logs::LogGroup", "Arn"): "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    ("AWS::Lambda::Function", "Arn"): "arn:aws:lambda:{region}:{account}:function:{name}",
    ("AWS::KMS::Key", "Arn"): "arn:aws:kms:{region}:{account}:key/{hex:.8}-12ab-34cd-56ef-1234567890ab",
    ("AWS::SecretsManager::Secret", "Ref"): "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    ("AWS::RDS::DBCluster", "DBClusterResourceId"): "cluster-{HEX:.26}",
    ("AWS::RDS::DBInstance", "DbiResourceId"): "db-{HEX:.26}",
    **{
        (f"AWS::RDS::DB{kind}", "MasterUserSecret.SecretArn"): "arn:aws:secretsmanager:{region}:{account}:secret:"
        f"rds!{prefix}-{{hex:.8}}-12ab-34cd-56ef-1234567890ab-AbCdEf"
        for kind, prefix in (("Cluster", "cluster"), ("Instance", "db"))
    },
    ("AWS::RDS::DBProxy", "DBProxyArn"): "arn:aws:rds:{region}:{account}:db-proxy:prx-0{hex:.16}",
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): "sg-0{hex:.16}",
    ("AWS::SNS::Topic", "Ref"): "arn:aws:sns:{region}:{account}:{name}",
    ("AWS::SNS::Topic", "TopicArn"): "arn:aws:sns:{region}:{account}:{name}",
    ("AWS::SQS::Queue", "Arn"): "arn:aws:sqs:{region}:{account}:{name}",
    ("AWS::Events::EventBus", "Arn"): "arn:aws:events:{region}:{account}:event-bus/{name}",
    ("AWS::IAM::Role", "Arn"): "arn:aws:iam::{account}:role/{name}",
}


@dataclass(frozen=True)
class Policies:
    """What one role may do, in the evaluator's terms, and how a reader calls the resources."""

    role: str
    document: dict[str, Any]
    contexts: dict[str, dict[str, str]]
    """Requests of different kinds: one for each condition of the role's statements, and one that meets none of them."""
    readable: dict[str, str]


def policies(templates: Templates) -> Iterator[Policies]:
    """Of every role. A managed policy of AWS stands as a right of its own name: its content isn't in the templates."""
    for role in templates.all("AWS::IAM::Role"):
        entries = [(s.stack, s.body) for s in statements(templates) if s.role == role.path]
        readable = {
            concrete(templates, stack, r): templates.text(stack, r)
            for stack, body in entries
            for r in as_list(body.get("Resource", []))
        }
        bodies = [_concrete_body(templates, stack, body) for stack, body in entries]
        conditions = {
            _named(templates, stack, body["Condition"]): _values(concrete(templates, stack, body["Condition"]))
            for stack, body in entries
            if "Condition" in body
        }
        yield Policies(role.path, {"Version": "2012-10-17", "Statement": bodies}, {"": {}, **conditions}, readable)


def _concrete_body(templates: Templates, stack: str, body: dict[str, Any]) -> dict[str, Any]:
    return {key: concrete(templates, stack, value) for key, value in body.items()}


def _named(templates: Templates, stack: str, condition: dict[str, dict[str, Any]]) -> str:
    return ", ".join(
        f"{key}={templates.text(stack, value)}" for keys in condition.values() for key, value in keys.items()
    )


def _values(condition: dict[str, dict[str, str]]) -> dict[str, str]:
    return {key: as_list(value)[0] for keys in condition.values() for key, value in keys.items()}


def concrete(templates: Templates, stack: str, value: Any) -> Any:
    """`value` with every reference replaced by an id in the shape of its type. Raises KeyError for a type that has none
    here."""
    match value:
        case {"Ref": str(name)} if name in _PSEUDO:
            return _PSEUDO[name]
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return _id(templates, stack, value)
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(concrete(templates, stack, part) for part in parts)
        case {"Fn::Select": [index, {"Fn::Split": [separator, part]}]}:
            return concrete(templates, stack, part).split(separator)[index]
        case dict():
            return {key: concrete(templates, stack, item) for key, item in value.items()}
        case list():
            return [concrete(templates, stack, item) for item in value]
        case _:
            return value


def _id(templates: Templates, stack: str, value: Any) -> str:
    path, _, attribute = templates.text(stack, value).partition(".")
    target = templates.find(path)
    if target is None:
        raise KeyError(f"{path} is not a resource of the templates")
    return shaped(target, attribute or "Ref")


def shaped(resource: Resource, attribute: str) -> str:
    """An id for an attribute of a resource, the same in every run."""
    digest = sha256(resource.path.encode()).hexdigest()
    shape = _SHAPES[resource.type, attribute]
    return shape.format(
        region=REGION,
        account=ACCOUNT,
        name=resource.path.replace("/", "-").replace(":", ""),
        hex=digest,
        HEX=digest.upper(),
    )
