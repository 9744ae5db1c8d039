"""What forms have in common: ids, names, tags, order, documents of rights."""

from keyless_checks.rules.decided.forms import Each, Either, Form

ACCOUNT = r"(<AWS::AccountId>|\d{12})"
REGION = r"([a-z]{2}(-[a-z]+)+-\d)"
LABEL = r"[A-Za-z0-9 ,.'()/:_-]{1,300}"
"""A description: for people."""
NAME = r"[A-Za-z][A-Za-z0-9/_.-]{0,254}"
POLICY_VERSION = "2012-10-17"
CIDR = r"\d{1,3}(\.\d{1,3}){3}/(1[6-9]|2[0-8])"
ANY_CIDR = r"\d{1,3}(\.\d{1,3}){3}/(\d|[12]\d|3[0-2])"

KEY = r"<AWS::KMS::Key>\.Arn"
LOG_GROUP = "<AWS::Logs::LogGroup>"
FUNCTION = r"<AWS::Lambda::Function>\.Arn"
ROLE = r"<AWS::IAM::Role>\.Arn"
TOPIC = "<AWS::SNS::Topic>"
BUS = rf"arn:aws:events:{REGION}:\d{{12}}:event-bus/(?!default$)[A-Za-z0-9._-]+"
"""Of another account or region, by its ARN."""
OF_A_USER = "<AWS::SecretsManager::Secret>"
OF_THE_MASTER = r"<AWS::RDS::DB(Cluster|Instance)>\.MasterUserSecret\.SecretArn"
GROUP = r"<AWS::EC2::SecurityGroup>\.GroupId"
VPC = r"<AWS::EC2::VPC>|vpc-[0-9a-f]+"
SUBNETS: Form = Each(r"<AWS::EC2::Subnet>|subnet-[0-9a-f]+", least=2)
RESOURCE_ID = (
    r"(<AWS::RDS::DBCluster>\.DBClusterResourceId|<AWS::RDS::DBInstance>\.DbiResourceId|(cluster|db)-[A-Z0-9]+)"
)
"""Of a database."""
HOST = (
    r"(<AWS::RDS::DBCluster>\.Endpoint\.Address|<AWS::RDS::DBInstance>\.Endpoint\.Address|"
    r"[a-z0-9-]+(\.cluster-[a-z0-9]+|\.[a-z0-9]+)\.[a-z0-9-]+\.rds\.amazonaws\.com)"
)
USER = r"[^*?$/]+"
"""Of the database; without what IAM reads as a pattern."""

_TAG: Form = {"Key": r"[\w:-]+", "Value": r"[\w ./:-]+"}


def tags(*names: str) -> Form:
    """Tags with these names, those that say whose a resource is, and others."""
    wanted = ("application", "environment", *names)
    return Each(_TAG, has=tuple({"Key": name, "Value": ".+"} for name in wanted))


TAGS = tags()
_APP = "([a-z][a-z0-9-]*-)?"
"""What names begin with where the app has one."""
STACKS = f"{_APP}KeylessAurora-[a-z0-9-]+"
RESOURCE = f"{_APP}keyless-aurora-[a-z0-9-]+"
METRICS = "KeylessAurora(/[a-z0-9-]+){1,2}"
NAMED = tags("Name")
"""What people know by its name in the console alone."""


def waits_for(*types: str) -> Form:
    """DependsOn with resources of these types, and others that are there."""
    return Each("<[A-Za-z0-9:]+>", has=tuple(f"<{type_}>" for type_ in types))


AFTER_OTHERS = waits_for()


def kept(*ways: str) -> tuple[dict[str, Form], ...]:
    """What becomes of a resource when its stack goes, and when it is replaced: the same. What is kept may yet go with a
    create that failed, or the next try meets it."""
    pairs = [*((way, way) for way in ways), *((f"{way}ExceptOnCreate", way) for way in ways if way == "Retain")]
    return tuple({"DeletionPolicy": gone, "UpdateReplacePolicy": replaced} for gone, replaced in pairs)


def service(name: str) -> Form:
    return {"Service": name.replace(".", r"\.")}


def policy(*statements: Form, has: tuple[Form, ...] = ()) -> Form:
    """A document with statements of these forms."""
    return {"Version": POLICY_VERSION, "Statement": Each(Either(statements), has=has)}


def allow(actions: str, resource: str, condition: Form | None = None, effect: str = "Allow", **others: Form) -> Form:
    """A statement: its actions one by one, its resources, and, if given, its condition."""
    body: dict[str, Form] = {
        "Effect": effect,
        "Action": Each(actions, single=True),
        "Resource": Each(resource, single=True),
        **others,
    }
    return {**body, "Condition": condition} if condition is not None else body


OF_THIS_ACCOUNT: Form = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
THROUGH_SECRETS: Form = {"StringEquals": {"kms:ViaService": rf"secretsmanager\.{REGION}\.amazonaws\.com"}}
