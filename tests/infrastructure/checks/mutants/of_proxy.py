"""Proxies broken on purpose."""

from keyless_checks.rules import identifiers, logs, paths
from keyless_checks.rules import proxy as rules
from keyless_checks.rules.network import security_groups
from keyless_checks.rules.roles import order
from tests.infrastructure.checks.mutants.edit import Mutant, add, drop, inner, pick, put, remove, without_order
from tests.infrastructure.templates import Change, Templates

RULES_OF_GROUPS = security_groups.IN, security_groups.OUT
PROXY, TARGETS = rules.PROXY, rules.TARGETS
_LOGIN, _TLS, _POOL = "keyless_proxy_has_a_login", "keyless_proxy_requires_tls", "ConnectionPoolConfigurationInfo"
_SECRET = {"AuthScheme": "SECRETS", "IAMAuth": "DISABLED"}


def _trust(**values: object) -> Change:
    def change(templates: Templates) -> None:
        proxy = pick(templates, PROXY)
        role = templates.target(proxy.stack, proxy.props["RoleArn"])
        assert role is not None
        role.props["AssumeRolePolicyDocument"]["Statement"][0].update(values)

    return change


def _without_rules(type_: str) -> Change:
    """What connects when it is made doesn't wait for rules of security groups."""

    def change(templates: Templates) -> None:
        found = pick(templates, type_)
        rules_of_groups = {r.logical_id for r in templates.all(*RULES_OF_GROUPS) if r.stack == found.stack}
        found.body["DependsOn"] = [id for id in found.body["DependsOn"] if id not in rules_of_groups]

    return change


MUTANTS = [
    Mutant(
        "a target that is tried before its way is open",
        paths.open_in_time,
        _without_rules("AWS::RDS::DBProxyTargetGroup"),
    ),
    Mutant(
        "the access carried out before its way is open", paths.open_in_time, _without_rules("Custom::DatabaseAccess")
    ),
    Mutant("no Auth and no scheme", rules.logins, drop(PROXY, "DefaultAuthScheme"), _LOGIN),
    Mutant("scheme NONE without Auth", rules.logins, put(PROXY, DefaultAuthScheme="NONE"), _LOGIN),
    Mutant("a scheme that doesn't exist", rules.logins, put(PROXY, DefaultAuthScheme="IAM")),
    Mutant(
        "an Auth entry without a secret", rules.logins, put(PROXY, Auth=[_SECRET]), "keyless_no_secret_at_the_proxy"
    ),
    Mutant(
        "a secret of somebody else",
        rules.logins,
        put(PROXY, Auth=[{**_SECRET, "SecretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"}]),
        "keyless_no_secret_at_the_proxy",
    ),
    Mutant("a proxy that logs statements", rules.limits, put(PROXY, DebugLogging=True)),
    Mutant("a target group of another name", rules.target, put(TARGETS, TargetGroupName="readers")),
    Mutant("connections without TLS", rules.tls, put(PROXY, RequireTLS=False), _TLS),
    Mutant("a proxy that doesn't say whether it takes them", rules.tls, drop(PROXY, "RequireTLS"), _TLS),
    Mutant("two hyphens in the proxy's name", rules.limits, put(PROXY, DBProxyName="keyless--proxy")),
    Mutant("a hyphen at the name's end", rules.limits, put(PROXY, DBProxyName="keyless-")),
    Mutant("capitals in the proxy's name", identifiers.small_letters, put(PROXY, DBProxyName="KeylessProxy")),
    Mutant(
        "capitals in the name of its endpoint",
        identifiers.small_letters,
        add("database", rules.ENDPOINT, DBProxyEndpointName="Reader", VpcSubnetIds=[]),
    ),
    Mutant(
        "capitals in the cluster's name",
        identifiers.small_letters,
        put("AWS::RDS::DBCluster", DBClusterIdentifier="Keyless"),
    ),
    Mutant(
        "capitals in an instance's name",
        identifiers.small_letters,
        put("AWS::RDS::DBInstance", DBInstanceIdentifier="Writer"),
    ),
    Mutant(
        "capitals in a parameter group's name",
        identifiers.small_letters,
        put("AWS::RDS::DBClusterParameterGroup", DBClusterParameterGroupName="Parameters"),
    ),
    Mutant(
        "capitals in a subnet group's name",
        identifiers.small_letters,
        put("AWS::RDS::DBSubnetGroup", DBSubnetGroupName="Subnets"),
    ),
    Mutant("a proxy that makes its log's group itself", logs.proxy_log, remove("AWS::Logs::LogGroup", "Proxy/Logs")),
    Mutant("a proxy that doesn't wait for its log's group", logs.proxy_log, without_order(PROXY)),
    Mutant(
        "a group of another proxy's log",
        logs.proxy_log,
        put("AWS::Logs::LogGroup", "Proxy/Logs", LogGroupName="/aws/rds/proxy/another"),
    ),
    Mutant(
        "a proxy's log with CloudWatch's own key", logs.proxy_log, drop("AWS::Logs::LogGroup", "KmsKeyId", "Proxy/Logs")
    ),
    Mutant("a name of 64 characters", rules.limits, put(PROXY, DBProxyName="x" * 64)),
    Mutant("an idle timeout of 30,000 s", rules.limits, put(PROXY, IdleClientTimeout=30_000)),
    Mutant("an idle timeout of 0 s", rules.limits, put(PROXY, IdleClientTimeout=0)),
    Mutant("a pool of 101%", rules.limits, inner(TARGETS, _POOL, MaxConnectionsPercent=101)),
    Mutant(
        "more idle connections than connections",
        rules.limits,
        inner(TARGETS, _POOL, MaxConnectionsPercent=10, MaxIdleConnectionsPercent=50),
    ),
    Mutant("a borrow timeout of 301 s", rules.limits, inner(TARGETS, _POOL, ConnectionBorrowTimeout=301)),
    Mutant("a role of another account", rules.own_role, put(PROXY, RoleArn="arn:aws:iam::111122223333:role/other")),
    Mutant(
        "a role that functions may take too",
        rules.own_role,
        _trust(Principal={"Service": ["rds.amazonaws.com", "lambda.amazonaws.com"]}),
    ),
    Mutant(
        "a role with a condition that RDS Proxy isn't known to meet",
        rules.own_role,
        _trust(Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}),
    ),
    Mutant("the proxy is made before its role's rights", order.complete, without_order(PROXY)),
    Mutant("another engine's protocol", rules.target, put(PROXY, EngineFamily="MYSQL")),
    Mutant("another cluster behind the proxy", rules.target, put(TARGETS, DBClusterIdentifiers=["other"])),
    Mutant("no database behind the proxy", rules.target, drop(TARGETS, "DBClusterIdentifiers")),
    Mutant("the proxy's target is made before the instances", rules.target, without_order(TARGETS)),
    Mutant(
        "the proxy in a foreign security group",
        rules.own_groups,
        put(PROXY, VpcSecurityGroupIds=["sg-0123456789abcdef0"]),
    ),
    Mutant("the proxy in one subnet", rules.own_groups, put(PROXY, VpcSubnetIds=["subnet-1", "subnet-1"])),
]
