"""Rules for proxies: TLS only, a sound login scheme at both ends, a role of their own, a target that is there."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.engines import ENGINES
from keyless_checks.reading.databases import databases, members
from keyless_checks.reading.family import family_of
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

PROXY, TARGETS, ENDPOINT = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup", "AWS::RDS::DBProxyEndpoint"
_NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_NAME_LENGTH, _LONGEST_IDLE_SECONDS, _LONGEST_BORROW_SECONDS = 63, 28_800, 300


def logins(templates: Templates) -> Iterator[Finding]:
    """A proxy has a way to log in: IAM at both ends without Auth, or Auth entries with secrets of the stacks."""
    for proxy in templates.all(PROXY):
        scheme, auth = proxy.props.get("DefaultAuthScheme"), proxy.props.get("Auth", [])
        if scheme not in (None, "NONE", "IAM_AUTH"):
            yield Finding(proxy.path, f"DefaultAuthScheme {scheme} is unknown; allowed: IAM_AUTH, NONE")
        if scheme != "IAM_AUTH" and not auth:
            yield Finding(proxy.path, "nobody can log in: DefaultAuthScheme is not IAM_AUTH, and Auth is empty")
        yield from (
            Finding(proxy.path, problem) for entry in auth if (problem := _auth_problem(templates, proxy, entry))
        )


def _auth_problem(templates: Templates, proxy: Resource, entry: dict[str, Any]) -> str | None:
    secret = templates.target(proxy.stack, entry.get("SecretArn"))
    if (
        entry.get("AuthScheme") != "SECRETS"
        or secret is None
        or not secret.type.startswith("AWS::SecretsManager::Secret")
    ):
        return "an entry of Auth has no secret of the stacks"
    said, known = entry.get("ClientPasswordAuthType"), _passwords(templates)
    if said is not None and said not in known:
        return f"clients may log in with {said}; allowed: {', '.join(sorted(known))}"
    return None


def _passwords(templates: Templates) -> set[str]:
    """Those of the engine that the proxy stands before; of an existing database, of its family."""
    made = {str(database.props.get("Engine")) for database in databases(templates)}
    family = family_of(templates)
    return {facts.password for facts in ENGINES.values() if facts.id in made or (not made and facts.family is family)}


def tls(templates: Templates) -> Iterator[Finding]:
    """A proxy refuses connections without TLS."""
    yield from (
        Finding(r.path, "RequireTLS must be true")
        for r in templates.all(PROXY)
        if r.props.get("RequireTLS") is not True
    )


def limits(templates: Templates) -> Iterator[Finding]:
    """Names, timeouts and pool sizes are ones that RDS takes."""
    for resource in templates.all(PROXY, ENDPOINT):
        name = resource.props.get("DBProxyName" if resource.type == PROXY else "DBProxyEndpointName")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _NAME_LENGTH:
            yield Finding(
                resource.path,
                f"{name!r} is not a valid name; allowed: a letter, then letters, digits and single hyphens, at most "
                f"{_NAME_LENGTH}",
            )
        if resource.props.get("DebugLogging", False) is not False:
            yield Finding(resource.path, "DebugLogging must be false: it logs the text of statements")
        if not 1 <= resource.props.get("IdleClientTimeout", 1800) <= _LONGEST_IDLE_SECONDS:
            yield Finding(resource.path, f"IdleClientTimeout must be 1 to {_LONGEST_IDLE_SECONDS} s")
    for group in templates.all(TARGETS):
        yield from (
            Finding(group.path, problem)
            for problem in _pool_problems(group.props.get("ConnectionPoolConfigurationInfo", {}))
        )


def _pool_problems(pool: dict[str, Any]) -> Iterator[str]:
    most, idle, borrow = (
        pool.get(key, default)
        for key, default in (
            ("MaxConnectionsPercent", 100),
            ("MaxIdleConnectionsPercent", 50),
            ("ConnectionBorrowTimeout", 120),
        )
    )
    if not 1 <= most <= 100 or not 0 <= idle <= most:
        yield f"a pool of {most}%, {idle}% of it idle, is impossible; allowed: 1 to 100, idle 0 up to that"
    if not 0 <= borrow <= _LONGEST_BORROW_SECONDS:
        yield f"ConnectionBorrowTimeout must be 0 to {_LONGEST_BORROW_SECONDS} s"


def own_role(templates: Templates) -> Iterator[Finding]:
    """A proxy has a role of its own, trusted by RDS alone, without a condition that RDS Proxy may not meet."""
    for proxy in templates.all(PROXY):
        role = templates.target(proxy.stack, proxy.props.get("RoleArn"))
        if role is None or role.type != "AWS::IAM::Role":
            yield Finding(proxy.path, "its role is not one of the stacks")
            continue
        (trust, *others) = role.props["AssumeRolePolicyDocument"]["Statement"]
        if others or trust["Principal"] != {"Service": "rds.amazonaws.com"}:
            yield Finding(role.path, "it must be trusted by rds.amazonaws.com, and by nobody else")
        if "Condition" in trust:
            yield Finding(role.path, "AWS documents no condition that RDS Proxy meets; allowed: none")


def target(templates: Templates) -> Iterator[Finding]:
    """The proxy stands before one database of its engine's kind, and waits for the instances it sends connections
    to."""
    for group in templates.all(TARGETS):
        proxy = templates.target(group.stack, group.props.get("DBProxyName"))
        names = [*group.props.get("DBClusterIdentifiers", []), *group.props.get("DBInstanceIdentifiers", [])]
        if group.props.get("TargetGroupName") != "default":
            yield Finding(group.path, "TargetGroupName must be default: a proxy has no other group")
        if proxy is None or len(names) != 1:
            yield Finding(group.path, f"it must connect one proxy of the stacks with one database, not {len(names)}")
        elif (database := templates.target(group.stack, names[0])) is not None:
            yield from _database_problems(templates, group, proxy, database)
        elif any(templates.all("AWS::RDS::DBCluster")) or not isinstance(names[0], str):
            yield Finding(group.path, f"{names[0]} is not a database of the stacks")
        elif proxy.props.get("EngineFamily") != (family := family_of(templates)).proxy:
            yield Finding(proxy.path, f"EngineFamily {proxy.props.get('EngineFamily')} is not that of {family.name}")


def _database_problems(templates: Templates, group: Resource, proxy: Resource, database: Resource) -> Iterator[Finding]:
    facts = ENGINES.get(database.props.get("Engine", ""))
    if facts is None or facts.family.proxy != proxy.props.get("EngineFamily"):
        yield Finding(
            proxy.path, f"EngineFamily {proxy.props.get('EngineFamily')} is not that of {database.props.get('Engine')}"
        )
    instances = {instance.path for instance in members(templates, database)}
    if instances and not instances & templates.waits_for(group.path):
        yield Finding(group.path, "it doesn't wait for the cluster's instances")


def own_groups(templates: Templates) -> Iterator[Finding]:
    """A proxy is in security groups of the stacks only, and in two subnets or more."""
    for proxy in templates.all(PROXY, ENDPOINT):
        groups = [templates.target(proxy.stack, group) for group in proxy.props.get("VpcSecurityGroupIds", [])]
        if not groups or any(group is None or group.type != "AWS::EC2::SecurityGroup" for group in groups):
            yield Finding(proxy.path, "VpcSecurityGroupIds names no security group, or one that the stacks don't make")
        if len({templates.text(proxy.stack, subnet) for subnet in proxy.props.get("VpcSubnetIds", [])}) < 2:
            yield Finding(proxy.path, "a proxy needs subnets in two zones")


RULES: tuple[Rule, ...] = (logins, tls, limits, own_role, target, own_groups)
