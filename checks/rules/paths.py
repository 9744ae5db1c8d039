"""Rules for who can connect to whom: every client arrives, and nobody else does."""

from collections.abc import Iterator
from typing import Any

from checks.reading.databases import databases
from checks.reading.reachability import Reach, Reachability
from checks.reading.templates import Resource, Templates
from checks.rule import Finding, Rule

_PROXY, _ENDPOINT = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint"
_IN, _OUT = _RULES = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
_CALLS = {"AWS::RDS::DBProxyTargetGroup": "DBProxyName", "AWS::SecretsManager::RotationSchedule": "RotationLambdaARN"}
"""What connects when it is made, and the property that says as whom."""


def clients_arrive(templates: Templates) -> Iterator[Finding]:
    """A function can open a connection to the host that it is given, and a proxy to its database: groups, ACLs and
    answers included."""
    matrix = list(Reachability(templates).matrix())
    for source, target, port in [*_given(templates), *_fronted(templates)]:
        if not any(reach.source == source and reach.target == target and _has(reach, port) for reach in matrix):
            yield Finding(source, f"it can't open a connection to {target} on port {port}")


def _given(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Function, host and port: what the variables say. A host that the stacks don't make is not judged."""
    for function in templates.all("AWS::Lambda::Function"):
        variables = function.props.get("Environment", {}).get("Variables", {})
        if "PGHOST" in variables and (host := templates.target(function.stack, variables["PGHOST"])) is not None:
            yield function.path, host.path, int(variables.get("PGPORT", 5432))


def _fronted(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Proxy and database; its further endpoints are the proxy too."""
    for group in templates.all("AWS::RDS::DBProxyTargetGroup"):
        proxy = templates.target(group.stack, group.props.get("DBProxyName"))
        names = [*group.props.get("DBClusterIdentifiers", []), *group.props.get("DBInstanceIdentifiers", [])]
        found = [database for name in names if (database := templates.target(group.stack, name))]
        ends = [proxy, *(end for end in templates.all(_ENDPOINT) if _proxy_of(templates, end) == proxy)]
        yield from ((end.path, database.path, 5432) for end in ends for database in found if end)


def _proxy_of(templates: Templates, endpoint: Resource) -> Resource | None:
    return templates.target(endpoint.stack, endpoint.props.get("DBProxyName"))


def _has(reach: Reach, port: int) -> bool:
    return any(low <= port <= high for low, high in reach.ports)


def nobody_else(templates: Templates) -> Iterator[Finding]:
    """Only functions and proxies connect; only who is given a proxy (by any endpoint) or a database reaches it, on
    its port alone."""
    front = {end.path: proxy.path for end in templates.all(_ENDPOINT) if (proxy := _proxy_of(templates, end))}
    given = {(source, front.get(target, target)) for source, target, _ in [*_given(templates), *_fronted(templates)]}
    guarded = {resource.path for resource in [*databases(templates), *templates.all(_PROXY, _ENDPOINT)]}
    sources = {resource.path for resource in _clients(templates)}
    for reach in Reachability(templates).matrix():
        meant = (reach.source, front.get(reach.target, reach.target)) in given
        if reach.source not in sources:
            yield Finding(reach.source, f"it can open a connection to {reach.target}")
        elif reach.target in sources | guarded and not meant:
            yield Finding(reach.source, f"it can open a connection to {reach.target}, which it isn't given")
        elif any(low != high for low, high in reach.ports):
            yield Finding(reach.source, f"it can open connections to {reach.target} on more than single ports: {reach}")


def open_in_time(templates: Templates) -> Iterator[Finding]:
    """What connects as soon as it is made waits for the rules that let it: a target group for those of its proxy, the
    access and a rotation for those of their function."""
    for early, source in _early(templates):
        groups = {templates.text(source.stack, group) for group in _groups(source)}
        ways = {r.path for r in templates.all(*_RULES) if r.stack == early.stack and _asks(templates, r) in groups}
        yield from (
            Finding(early.path, f"it doesn't wait for {path}")
            for path in sorted(ways - templates.waits_for(early.path))
        )


def _early(templates: Templates) -> Iterator[tuple[Resource, Resource]]:
    """What connects when it is made, and as whom."""
    for early in templates.all(*_CALLS):
        if (source := templates.target(early.stack, early.props.get(_CALLS[early.type]))) is not None:
            yield early, source
    for access in templates.all("Custom::DatabaseAccess"):
        for function in templates.all("AWS::Lambda::Function"):
            if function.props.get("Handler") == "db_access.handler.on_event" and function.stack == access.stack:
                yield access, function


def _groups(source: Resource) -> list[Any]:
    network = source.props.get("VpcConfig", {})
    return list(source.props.get("VpcSecurityGroupIds") or network.get("SecurityGroupIds", []))


def _asks(templates: Templates, rule: Resource) -> str:
    """The group that a rule lets ask."""
    return templates.text(rule.stack, rule.props.get("SourceSecurityGroupId" if rule.type == _IN else "GroupId"))


def _clients(templates: Templates) -> Iterator[Resource]:
    yield from templates.all("AWS::Lambda::Function", _PROXY, _ENDPOINT)


RULES: tuple[Rule, ...] = (clients_arrive, nobody_else, open_in_time)
