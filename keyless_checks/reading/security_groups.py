"""What security groups let through, as EC2 reads their rules: the default egress of a group that names none
included."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from keyless_checks.reading.templates import Templates

Ports = tuple[int, int]
ALL_PORTS: Ports = (0, 65535)


@dataclass(frozen=True)
class GroupRule:
    """`group` lets `ports` through from or to `peer`: a group, an address range or a prefix list."""

    group: str
    ingress: bool
    ports: Ports
    peer_group: str | None = None
    peer_range: IPv4Network | None = None
    prefix_list: str | None = None


def group_rules(templates: Templates) -> list[GroupRule]:
    """Rules for TCP, wherever the templates keep them."""
    return [*_separate(templates), *_inline(templates)]


def _separate(templates: Templates) -> Iterator[GroupRule]:
    for kind, ingress in (("AWS::EC2::SecurityGroupIngress", True), ("AWS::EC2::SecurityGroupEgress", False)):
        for rule in templates.all(kind):
            yield from _rule(
                templates, rule.stack, templates.text(rule.stack, rule.props["GroupId"]), ingress, rule.props
            )


def _inline(templates: Templates) -> Iterator[GroupRule]:
    for group in templates.all("AWS::EC2::SecurityGroup"):
        name, egress = (
            f"{group.path}.GroupId",
            group.props.get("SecurityGroupEgress") or [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
        )
        for ingress, rules in ((True, group.props.get("SecurityGroupIngress", [])), (False, egress)):
            for rule in rules:
                yield from _rule(templates, group.stack, name, ingress, rule)


def _rule(templates: Templates, stack: str, group: str, ingress: bool, props: dict[str, Any]) -> Iterator[GroupRule]:
    if str(props["IpProtocol"]) not in ("tcp", "6", "-1"):
        return
    ports = ALL_PORTS if str(props["IpProtocol"]) == "-1" else (props.get("FromPort", 0), props.get("ToPort", 65535))
    other = props.get("SourceSecurityGroupId" if ingress else "DestinationSecurityGroupId")
    yield GroupRule(
        group,
        ingress,
        ports,
        templates.text(stack, other) if other else None,
        IPv4Network(props["CidrIp"]) if "CidrIp" in props else None,
        props.get("SourcePrefixListId" if ingress else "DestinationPrefixListId"),
    )
