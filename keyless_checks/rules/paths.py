"""Rules for who can connect to whom: every client arrives, and nobody else does."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.bastions import bastions
from keyless_checks.reading.clients import clients, running
from keyless_checks.reading.databases import databases
from keyless_checks.reading.family import family_of
from keyless_checks.reading.load_balancers import BALANCER, handed
from keyless_checks.reading.reachability import Reach, Reachability
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.reading.told import READERS
from keyless_checks.rule import Finding, Rule

_PROXY, _ENDPOINT = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint"
_IN, _OUT = _RULES = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
_CALLS = {"AWS::RDS::DBProxyTargetGroup": "DBProxyName", "AWS::SecretsManager::RotationSchedule": "RotationLambdaARN"}
"""What connects when it is made, and the property that says as whom."""


def clients_arrive(templates: Templates) -> Iterator[Finding]:
    """A client can open a connection to the host that it is given, a proxy to its database, and a load balancer to its
    targets: groups, ACLs and answers included."""
    matrix = list(Reachability(templates).matrix())
    for source, target, port in [*_given(templates), *_fronted(templates), *_handed(templates)]:
        if not any(reach.source == source and reach.target == target and _has(reach, port) for reach in matrix):
            yield Finding(source, f"it can't open a connection to {target} on port {port}")


def _given(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Client, host and port: what the variables say. A host that the stacks don't make is not judged."""
    for client in clients(templates):
        told = client.told
        for said in (told.host, client.variables.get(READERS)):
            if said is not None and (host := templates.target(client.stack, said)) is not None:
                yield from ((one.path, host.path, int(told.port or told.family.port)) for one in client.placed)


def _fronted(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Proxy and database; its further endpoints are the proxy too."""
    for group in templates.all("AWS::RDS::DBProxyTargetGroup"):
        proxy = templates.target(group.stack, group.props.get("DBProxyName"))
        names = [*group.props.get("DBClusterIdentifiers", []), *group.props.get("DBInstanceIdentifiers", [])]
        found = [database for name in names if (database := templates.target(group.stack, name))]
        ends = [proxy, *(end for end in templates.all(_ENDPOINT) if _proxy_of(templates, end) == proxy)]
        port = family_of(templates).port
        yield from ((end.path, database.path, port) for end in ends for database in found if end)


def _proxy_of(templates: Templates, endpoint: Resource) -> Resource | None:
    return templates.target(endpoint.stack, endpoint.props.get("DBProxyName"))


def _has(reach: Reach, port: int) -> bool:
    return any(low <= port <= high for low, high in reach.ports)


def _handed(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Load balancer and target."""
    yield from ((one.balancer.path, one.target.path, one.port) for one in handed(templates))


def _forwarded(templates: Templates) -> Iterator[tuple[str, str, int]]:
    """Bastion, and where people may log in through it."""
    ends = [*databases(templates), *templates.all(_PROXY, _ENDPOINT)]
    port = family_of(templates).port
    yield from ((one.path, end.path, port) for one in bastions(templates) for end in ends)


def nobody_else(templates: Templates) -> Iterator[Finding]:
    """Only clients, proxies and load balancers connect; only who is given a proxy (by any endpoint) or a database, and
    a bastion, reaches it, on its port alone. From outside nothing is reached but load balancers, and they reach their
    targets."""
    front = {end.path: proxy.path for end in templates.all(_ENDPOINT) if (proxy := _proxy_of(templates, end))}
    wanted = [*_given(templates), *_fronted(templates), *_handed(templates), *_forwarded(templates)]
    given = {(source, front.get(target, target)) for source, target, _ in wanted}
    guarded = {resource.path for resource in [*databases(templates), *templates.all(_PROXY, _ENDPOINT)]}
    balancers = {resource.path for resource in templates.all(BALANCER)}
    sources = {resource.path for resource in _clients(templates)} | balancers
    for reach in Reachability(templates).matrix():
        meant = (reach.source, front.get(reach.target, reach.target)) in given
        if reach.source not in sources and reach.target not in balancers:
            yield Finding(_place(templates, reach), f"it can be reached: {reach}")
        elif (reach.target in (sources - balancers) | guarded or reach.source in balancers) and not meant:
            yield Finding(reach.source, f"it can open a connection to {reach.target}, which it isn't given")
        elif any(low != high for low, high in reach.ports):
            yield Finding(reach.source, f"it can open connections to {reach.target} on more than single ports: {reach}")


def _place(templates: Templates, reach: Reach) -> str:
    """An end of it that is of the stacks: addresses and groups of somebody else are not."""
    ends = [path for path in (reach.source, reach.target) if templates.find(path)]
    return next(iter([*ends, *templates.by_stack]))


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
    yield from running(templates)
    yield from templates.all(_PROXY, _ENDPOINT)


RULES: tuple[Rule, ...] = (clients_arrive, nobody_else, open_in_time)
