"""What every template is made of, broken on purpose: sections, types, properties, references and policies."""

from collections.abc import Callable
from typing import Any

from keyless_checks.rules import policies
from keyless_checks.rules.drift_watch import report
from keyless_checks.rules.stacks import content, references
from tests.infrastructure.checks.mutants.edit import Mutant, add, body, drop, inner, more, pick, put, statement
from tests.infrastructure.templates import Change, Templates

POLICY, ROLE, KEY = "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::KMS::Key"
FUNCTION, CLUSTER, GROUP, ACCESS = (
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::Logs::LogGroup",
    "Custom::DatabaseAccess",
)
PROXY, TARGETS, POOL = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfo"
WRITER, CONNECT = "workload/Writer/Role", "rds-db:connect"


def document(type_: str, key: str, edit: Callable[[dict[str, Any]], object], part: str = "") -> Change:
    """Change a policy document that stands in property `key`."""

    def change(templates: Templates) -> None:
        edit(pick(templates, type_, part).props[key])

    return change


def _first(key: str) -> Callable[[dict[str, Any]], object]:
    """Take a key out of the first statement."""
    return lambda policy: policy["Statement"][0].pop(key)


def _section(stack: str, **values: object) -> Change:
    return lambda templates: templates.by_stack[stack].update(values)


def _on_bootstrap(type_: str, **properties: object) -> Change:
    """A resource beside the bootstrap function which refers to it."""

    def change(templates: Templates) -> None:
        function = pick(templates, FUNCTION, "access/Bootstrap")
        key = "TargetFunctionArn" if type_ == "AWS::Lambda::Url" else "FunctionName"
        add("access", type_, **properties, **{key: {"Ref": function.logical_id}})(templates)

    return change


def _targets_role(templates: Templates) -> None:
    pick(templates, "AWS::Events::Rule", "Schedule").props["Targets"][0]["RoleArn"] = "x"


def _attempts(count: int) -> Change:
    return lambda templates: (
        pick(templates, "AWS::Events::Rule", "Schedule")
        .props["Targets"][0]["RetryPolicy"]
        .update(MaximumRetryAttempts=count)
    )


ASYNC = "AWS::Lambda::EventInvokeConfig"
STACKS = [
    Mutant("a macro that rewrites the template", content.sections, _section("access", Transform="Rewrites")),
    Mutant("a value that somebody is asked for", content.sections, _section("access", Parameters={"User": {}})),
    Mutant("a flow log that a condition leaves out", content.sections, body("AWS::EC2::FlowLog", Condition="Never")),
    Mutant("a stack without resources", content.sections, _section("monitoring", Resources={})),
    Mutant("a virtual machine beside the database", content.resource_types, add("database", "AWS::EC2::Instance")),
    Mutant("a user with a key of its own", content.resource_types, add("access", "AWS::IAM::AccessKey", UserName="x")),
    Mutant("a policy by another type", content.resource_types, add("access", "AWS::IAM::RolePolicy", RoleName="x")),
    Mutant("a policy for a user", content.resource_types, add("workload", "AWS::IAM::ManagedPolicy", Users=["x"])),
    Mutant(
        "a function that everybody can call",
        content.resource_types,
        _on_bootstrap("AWS::Lambda::Url", AuthType="NONE"),
    ),
    Mutant(
        "a queue that calls the bootstrap", content.resource_types, _on_bootstrap("AWS::Lambda::EventSourceMapping")
    ),
    Mutant("logs that leave the account", content.resource_types, add("access", "AWS::Logs::SubscriptionFilter")),
    Mutant("a way into the network", content.resource_types, add("network", "AWS::EC2::ClientVpnEndpoint")),
    Mutant("a copy of the database elsewhere", content.resource_types, add("database", "AWS::RDS::Integration")),
    Mutant("a migration out of the database", content.resource_types, add("database", "AWS::DMS::Endpoint")),
    Mutant("a policy on a secret", content.resource_types, add("access", "AWS::SecretsManager::ResourcePolicy")),
    Mutant("another custom resource", content.resource_types, add("access", "Custom::Other", ServiceToken="x")),
    Mutant("a database in a function's stack", content.resource_types, add("workload", "AWS::RDS::DBInstance")),
    Mutant("the Data API", content.properties, put(CLUSTER, EnableHttpEndpoint=True)),
    Mutant("logins by a directory", content.properties, put(CLUSTER, Domain="d-0123456789")),
    Mutant("a role that exports to S3", content.properties, put(CLUSTER, AssociatedRoles=[{"RoleArn": "x"}])),
    Mutant("a cluster from somebody's snapshot", content.properties, put(CLUSTER, SnapshotIdentifier="x")),
    Mutant("a cluster that follows another", content.properties, put(CLUSTER, ReplicationSourceIdentifier="x")),
    Mutant("a port left to RDS", content.properties, drop(CLUSTER, "Port")),
    Mutant("a proxy's log level left to RDS", content.properties, drop(PROXY, "DebugLogging")),
    Mutant("a query at the start of every session", content.properties, inner(TARGETS, POOL, InitQuery="SET ROLE x")),
    Mutant(
        "a proxy that doesn't pin",
        content.properties,
        inner(TARGETS, POOL, SessionPinningFilters=["EXCLUDE_VARIABLE_SETS"]),
    ),
    Mutant("code in the template", content.properties, put(FUNCTION, "access/Bootstrap", Code={"ZipFile": "x"})),
    Mutant("a function in a file system", content.properties, put(FUNCTION, "access/Bootstrap", FileSystemConfigs=[])),
    Mutant("a policy of a role and a user", content.properties, put(POLICY, WRITER, Users=["x"])),
    Mutant("a key without the check of its policy", content.properties, put(KEY, BypassPolicyLockoutSafetyCheck=True)),
    Mutant("a key that is off", content.properties, put(KEY, Enabled=False)),
    Mutant("a key for signatures", content.properties, put(KEY, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")),
    Mutant("logs with AWS's own key", content.properties, drop(GROUP, "KmsKeyId", "access/")),
    Mutant("a permission for every source", content.properties, drop("AWS::Lambda::Permission", "SourceArn")),
    Mutant("a rule that calls as another role", report.handed_on, _targets_role),
    Mutant("flows in a bucket", content.values, put("AWS::EC2::FlowLog", LogDestinationType="s3")),
    Mutant("hardware of its own", content.values, put("AWS::EC2::VPC", InstanceTenancy="dedicated")),
    Mutant("a runtime that AWS retired", content.values, put(FUNCTION, "access/Bootstrap", Runtime="python3.8")),
    Mutant("an engine that the project doesn't have", content.values, put(CLUSTER, Engine="neptune")),
    Mutant("a destination of one version", content.values, put(ASYNC, Qualifier="live")),
    Mutant("500 attempts", content.values, _attempts(500)),
    Mutant("a switch that is a text", content.properties, put(PROXY, RequireTLS="true")),
    Mutant("a number that is a reference", content.properties, put(CLUSTER, BackupRetentionPeriod={"Ref": "Days"})),
    Mutant("a list that is a text", content.properties, put(CLUSTER, VpcSecurityGroupIds="sg-0123456789abcdef0")),
    Mutant("a role without trust", content.properties, drop(ROLE, "AssumeRolePolicyDocument", WRITER)),
    Mutant(
        "a value that depends on a condition",
        references.followed,
        put(CLUSTER, DBClusterIdentifier={"Fn::If": ["Prod", "a", "b"]}),
    ),
    Mutant(
        "a right that a mapping decides",
        references.followed,
        more(WRITER, Action=CONNECT, Resource={"Fn::FindInMap": ["Arns", "a", "b"]}),
    ),
    Mutant("a role that nobody exports", references.leading, put(FUNCTION, "Writer", Role={"Fn::ImportValue": "x:y"})),
    Mutant("a role that isn't there", references.leading, put(FUNCTION, "Writer", Role={"Fn::GetAtt": ["X", "Arn"]})),
    Mutant("an order that names nothing", references.leading, body(ACCESS, DependsOn=["Nobody"])),
]
POLICIES = [
    Mutant(
        "a statement without Effect", policies.grammar, document(POLICY, "PolicyDocument", _first("Effect"), WRITER)
    ),
    Mutant("Effect in lower case", policies.grammar, statement(CONNECT, WRITER, Effect="allow")),
    Mutant(
        "a statement without Action", policies.grammar, document(POLICY, "PolicyDocument", _first("Action"), WRITER)
    ),
    Mutant(
        "a statement without Resource", policies.grammar, document(POLICY, "PolicyDocument", _first("Resource"), WRITER)
    ),
    Mutant("a role's statement with a principal", policies.grammar, statement(CONNECT, WRITER, Principal="*")),
    Mutant("a condition that is a text", policies.grammar, statement(CONNECT, WRITER, Condition="x")),
    Mutant("an empty condition", policies.grammar, statement(CONNECT, WRITER, Condition={})),
    Mutant("a statement for everybody but one", policies.grammar, statement(CONNECT, WRITER, NotPrincipal="*")),
    Mutant(
        "a policy whose statements are a text",
        policies.grammar,
        document(POLICY, "PolicyDocument", lambda policy: policy.update(Statement="x"), WRITER),
    ),
    Mutant(
        "a topic whose policy has everybody publish",
        policies.not_everybody,
        document(
            "AWS::SNS::TopicPolicy",
            "PolicyDocument",
            lambda policy: policy["Statement"].append(
                {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
            ),
        ),
    ),
    Mutant(
        "a policy of the old version",
        policies.grammar,
        document(POLICY, "PolicyDocument", lambda policy: policy.update(Version="2008-10-17"), WRITER),
    ),
    Mutant(
        "trust without Effect", policies.grammar, document(ROLE, "AssumeRolePolicyDocument", _first("Effect"), WRITER)
    ),
    Mutant("trust that is a text", policies.grammar, put(ROLE, WRITER, AssumeRolePolicyDocument="x")),
    Mutant(
        "a key's statement for nobody", policies.grammar, document(KEY, "KeyPolicy", _first("Principal"), "database/")
    ),
]
MUTANTS = [*STACKS, *POLICIES]
