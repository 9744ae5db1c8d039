"""Values that nobody decided on, and ties between resources that are broken."""

from keyless_checks.rules.decided import contents, labels, places, presence, roles, spec, ties
from tests.infrastructure.checks.mutants.edit import Mutant, body, drop, inner, pick, put, remove, twice
from tests.infrastructure.templates import Change, Templates

PROXY, CLUSTER, FUNCTION, KEY = "AWS::RDS::DBProxy", "AWS::RDS::DBCluster", "AWS::Lambda::Function", "AWS::KMS::Key"
SUBNET, TOPIC, ROLE = "AWS::EC2::Subnet", "AWS::SNS::Topic", "AWS::IAM::Role"
GROUP, ENTRY, ALARM = "AWS::Logs::LogGroup", "AWS::EC2::NetworkAclEntry", "AWS::CloudWatch::Alarm"
PARAMETERS = "AWS::RDS::DBClusterParameterGroup"


def _statement(action: str, **values: object) -> Change:
    """Change the first statement of a key's policy with that action."""

    def change(templates: Templates) -> None:
        statements = (s for key in templates.all(KEY) for s in key.props["KeyPolicy"]["Statement"])
        next(s for s in statements if action in s["Action"]).update(values)

    return change


def _output(**values: object) -> Change:
    """Change the first output that another stack imports."""

    def change(templates: Templates) -> None:
        outputs = templates.by_stack["network"]["Outputs"].values()
        next(output for output in outputs if "Export" in output).update(values)

    return change


def _as_of(type_: str, key: str, part: str, other: str) -> Change:
    """The first resource with `part` in its path has the value of the one with `other`."""
    return lambda templates: put(type_, part, **{key: pick(templates, type_, other).props[key]})(templates)


def _spec_says_more(templates: Templates) -> None:
    given = pick(templates, "Custom::DatabaseAccess").props["Spec"]
    given["users"][0]["grants"][0]["access"] = "owner"
    given["users"][-1]["connection_limit"] = 1000


def _as_of_function(templates: Templates) -> None:
    group = pick(templates, FUNCTION, "network").props["LoggingConfig"]["LogGroup"]
    put("AWS::EC2::FlowLog", LogGroupName=group)(templates)


def _one_zone_less(templates: Templates) -> None:
    pick(templates, "AWS::RDS::DBSubnetGroup").props["SubnetIds"].pop()


MUTANTS = [
    Mutant("a proxy that logs every statement", contents.values, put(PROXY, DebugLogging=True)),
    Mutant("a property of a proxy that nobody decided on", contents.values, put(PROXY, Extra="x")),
    Mutant("no backups of tags", contents.values, drop(CLUSTER, "CopyTagsToSnapshot")),
    Mutant(
        "a database that is kept on deletion, and not on replacement",
        contents.values,
        body(CLUSTER, UpdateReplacePolicy="Delete"),
    ),
    Mutant("a cluster on another port", contents.values, put(CLUSTER, Port=5433)),
    Mutant("slow statements aren't logged", contents.values, inner(PARAMETERS, "Parameters", log_statement="none")),
    Mutant("an alarm on another statistic", contents.values, put(ALARM, "Cpu", Statistic="Minimum")),
    Mutant("a number of another type", contents.values, put(ALARM, "Cpu", Threshold="80")),
    Mutant("a network without DNS", contents.values, put("AWS::EC2::VPC", EnableDnsSupport=False)),
    Mutant("a key for any topic", contents.values, _statement("kms:Decrypt", Condition={})),
    Mutant("a key that everybody may use", contents.values, _statement("kms:*", Principal={"AWS": "*"})),
    Mutant(
        "the framework logs what it is given",
        contents.values,
        inner(FUNCTION, "LoggingConfig", "framework", ApplicationLogLevel="INFO"),
    ),
    Mutant(
        "a client that isn't told its port",
        contents.values,
        put(FUNCTION, "workload/Writer", Environment={"Variables": {"PGUSER": "x", "PGHOST": "y"}}),
    ),
    Mutant("an output that leads nowhere", presence.outputs, _output(Value={"Ref": "Nothing"})),
    Mutant("an export without a name", presence.outputs, _output(Export={})),
    Mutant("a second topic like the first", presence.nothing_twice, twice(TOPIC)),
    Mutant("a role that nothing takes", presence.used, twice(ROLE, "Watch")),
    Mutant("a resource of another environment", labels.tags, put(TOPIC, Tags=[{"Key": "environment", "Value": "dev"}])),
    Mutant("two subnets with one range", ties.own, _as_of(SUBNET, "CidrBlock", "WorkloadSubnet1", "WorkloadSubnet2")),
    Mutant(
        "two alarms on one metric",
        ties.own,
        put(ALARM, "ProxyToDatabase", MetricName="ClientConnectionsSetupFailedAuth"),
    ),
    Mutant("a log that is kept for a day", ties.alike, put(GROUP, "FlowLogs", RetentionInDays=1)),
    Mutant(
        "a subnet with the VPC's ACL, which lets everything pass",
        ties.covered,
        remove("AWS::EC2::SubnetNetworkAclAssociation", "DatabaseSubnet1"),
    ),
    Mutant(
        "a function with another one's role",
        ties.named_once,
        _as_of(FUNCTION, "Role", "access/Watch", "access/Bootstrap"),
    ),
    Mutant("a database with the key of the logs", ties.keys, put(CLUSTER, KmsKeyId={"Ref": "Nothing"})),
    Mutant(
        "a proxy whose role is Lambda's",
        roles.able,
        put(
            ROLE,
            "Proxy",
            AssumeRolePolicyDocument={
                "Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
                ]
            },
        ),
    ),
    Mutant("a flow log without rights", roles.able, remove("AWS::IAM::Policy", "FlowLogRole")),
    Mutant("flow logs in the log of a function", roles.own_log, _as_of_function),
    Mutant("an access spec that nobody checked", spec.same_spec, _spec_says_more),
    Mutant("a zone without the database", places.even_subnets, _one_zone_less),
    Mutant("an ACL that lets every address pass", places.acl_ranges, put(ENTRY, "Database", CidrBlock="0.0.0.0/0")),
]
