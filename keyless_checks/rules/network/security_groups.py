"""Security groups: closed, with paths between two of them, each with both ends."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.family import family_of
from keyless_checks.reading.load_balancers import HTTP, HTTPS, edges, own_groups
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

GROUP, IN, OUT = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
_PEER = {IN: "SourceSecurityGroupId", OUT: "DestinationSecurityGroupId"}
_RANGES = {"CidrIp", "CidrIpv6", "SourcePrefixListId"}
_NOWHERE = ("127.0.0.1/32", "-1")
_RESTRICTED = "Custom::VpcRestrictDefaultSG"
_FOR_BALANCERS = frozenset({HTTPS, HTTP})


def closed_groups(templates: Templates) -> Iterator[Finding]:
    """A group's own rules let nothing through. Without an inline egress rule EC2 adds one that allows everything."""
    for group in templates.all(GROUP):
        egress = [(rule.get("CidrIp"), rule.get("IpProtocol")) for rule in group.props.get("SecurityGroupEgress", [])]
        if egress != [_NOWHERE]:
            yield Finding(group.path, f"it keeps EC2's default egress or lets something out itself: {egress}")
        if group.props.get("SecurityGroupIngress"):
            yield Finding(group.path, "it lets something in itself")


def between_groups(templates: Templates) -> Iterator[Finding]:
    """A rule is about one port between two groups: no address range, no other protocol. A load balancer's own group
    alone lets address ranges in, on 443 and 80, and reaches its targets on their port."""
    balancers, ways = own_groups(templates), edges(templates)
    between = {443, family_of(templates).port}
    for rule in templates.all(IN, OUT):
        props = rule.props
        ports = (props.get("FromPort"), props.get("ToPort"))
        from_outside = _from_outside(templates, rule, balancers)
        to_target = {port for *ends, port in ways if tuple(ends) == _ends(templates, rule)}
        allowed = _FOR_BALANCERS if from_outside else between | to_target
        if any(not isinstance(port, int) or not 0 <= port <= 65535 for port in ports):
            yield Finding(rule.path, f"ports {ports[0]} to {ports[1]} do not exist; allowed: 0 to 65535")
        elif props.get("IpProtocol") != "tcp" or ports[0] != ports[1] or ports[0] not in allowed:
            yield Finding(
                rule.path,
                f"it opens {props.get('IpProtocol')} {ports[0]} to {ports[1]}; allowed: tcp, one of {sorted(allowed)}",
            )
        if from_outside:
            continue
        if _RANGES & props.keys():
            yield from _range_problem(templates, rule)
        elif _PEER[rule.type] not in props and not (rule.type == OUT and "DestinationPrefixListId" in props):
            yield Finding(rule.path, "it names no group at its other end")


def _from_outside(templates: Templates, rule: Resource, balancers: frozenset[str]) -> bool:
    """Whether it lets one address range come to a load balancer."""
    group = templates.text(rule.stack, rule.props.get("GroupId"))
    return rule.type == IN and group in balancers and _RANGES & rule.props.keys() == {"CidrIp"}


def _range_problem(templates: Templates, rule: Resource) -> Iterator[Finding]:
    """Egress by address is for the one that has a NAT gateway to go through."""
    if rule.type == IN or rule.props.get("FromPort") != 443 or not any(templates.all("AWS::EC2::NatGateway")):
        named = ", ".join(str(rule.props[key]) for key in sorted(_RANGES & rule.props.keys()))
        yield Finding(rule.path, f"it is about the address range {named}")


def both_ends(templates: Templates) -> Iterator[Finding]:
    """What one group may send, the other may receive, and the other way round."""
    sent, received = (
        {_path(templates, rule): rule for rule in templates.all(kind) if _PEER[kind] in rule.props}
        for kind in (OUT, IN)
    )
    yield from (Finding(sent[path].path, "the other end doesn't let it in") for path in sent.keys() - received.keys())
    yield from (
        Finding(received[path].path, "the other end doesn't let it out") for path in received.keys() - sent.keys()
    )


def _ends(templates: Templates, rule: Resource) -> tuple[str, ...]:
    """Source and target."""
    ends = [templates.text(rule.stack, rule.props.get(key)) for key in ("GroupId", _PEER[rule.type])]
    return tuple(ends if rule.type == OUT else ends[::-1])


def _path(templates: Templates, rule: Resource) -> tuple[Any, ...]:
    """Source, target, protocol and ports."""
    return (
        *_ends(templates, rule),
        *(rule.props.get(key) for key in ("IpProtocol", "FromPort", "ToPort")),
    )


def no_duplicates(templates: Templates) -> Iterator[Finding]:
    """No rule is there twice: EC2 refuses the second."""
    for kind in (IN, OUT):
        rules = {rule.path: (_path(templates, rule), rule.props.get("CidrIp")) for rule in templates.all(kind)}
        several = {key for key, count in Counter(rules.values()).items() if count > 1}
        yield from (Finding(path, "another rule says the same") for path, key in rules.items() if key in several)


def closed_default_group(templates: Templates) -> Iterator[Finding]:
    """The default group of each VPC of the stacks is emptied, by a function of its stack."""
    closers = [
        (
            templates.text(r.stack, r.props.get("DefaultSecurityGroupId")),
            templates.target(r.stack, r.props.get("ServiceToken")),
        )
        for r in templates.all(_RESTRICTED)
    ]
    for vpc in templates.all("AWS::EC2::VPC"):
        if not any(
            group == f"{vpc.path}.DefaultSecurityGroup" and function and function.type == "AWS::Lambda::Function"
            for group, function in closers
        ):
            yield Finding(vpc.path, "its default security group keeps the rules that EC2 made it with")


RULES: tuple[Rule, ...] = (
    closed_groups,
    between_groups,
    both_ends,
    no_duplicates,
    closed_default_group,
)
