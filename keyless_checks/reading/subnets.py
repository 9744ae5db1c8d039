"""What subnets let through: network ACLs, which are stateless, and route tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from keyless_checks.reading.security_groups import ALL_PORTS, Ports
from keyless_checks.reading.templates import Templates

EVERYWHERE = IPv4Network("0.0.0.0/0")
ANSWERS: Ports = (1024, 65535)
"""Where answers go: Lambda and RDS ask from these ports (VPC User Guide, Ephemeral ports)."""


@dataclass(frozen=True)
class AclEntry:
    number: int
    egress: bool
    allow: bool
    range: IPv4Network
    ports: Ports


@dataclass(frozen=True)
class Subnet:
    """A subnet of the stacks, with the entries of its ACL (None: the VPC's default one, which lets everything
    through)."""

    name: str
    range: IPv4Network
    acl: tuple[AclEntry, ...] | None
    table: str | None

    def lets(self, port: int, other: IPv4Network, *, egress: bool) -> bool:
        """Whether its ACL lets a packet to that port through, by the first entry that fits."""
        if self.acl is None:
            return True
        for entry in self.acl:
            fits = other.subnet_of(entry.range) if entry.allow else other.overlaps(entry.range)
            if entry.egress is egress and fits and entry.ports[0] <= port <= entry.ports[1]:
                return entry.allow
        return False

    def lets_answers(self, other: IPv4Network, *, egress: bool) -> bool:
        """On all of the ports that an answer may go to."""
        ranges = [entry.ports for entry in self.acl or ()]
        cuts = {
            *ANSWERS,
            *(low + step for low, _ in ranges for step in (-1, 0)),
            *(high + step for _, high in ranges for step in (0, 1)),
        }
        return all(self.lets(port, other, egress=egress) for port in cuts if ANSWERS[0] <= port <= ANSWERS[1])


def subnets(templates: Templates) -> dict[str, Subnet]:
    """By name. Those of an existing network are not among them: nobody here knows their ACLs."""
    acls = _by_subnet(templates, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId")
    tables = _by_subnet(templates, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId")
    entries, found = _entries(templates), {}
    for subnet in templates.all("AWS::EC2::Subnet"):
        acl = entries.get(acls[subnet.path], ()) if subnet.path in acls else None
        found[subnet.path] = Subnet(subnet.path, IPv4Network(subnet.props["CidrBlock"]), acl, tables.get(subnet.path))
    return found


def _by_subnet(templates: Templates, kind: str, key: str) -> dict[str, str]:
    """What each subnet is associated with."""
    ties = templates.all(kind)
    return {
        templates.text(tie.stack, tie.props["SubnetId"]): templates.text(tie.stack, tie.props[key]).partition(".")[0]
        for tie in ties
    }


def _entries(templates: Templates) -> dict[str, tuple[AclEntry, ...]]:
    found: dict[str, list[AclEntry]] = {}
    for resource in templates.all("AWS::EC2::NetworkAclEntry"):
        name = templates.text(resource.stack, resource.props["NetworkAclId"]).partition(".")[0]
        if (entry := _entry(resource.props)) is not None:
            found.setdefault(name, []).append(entry)
    return {name: tuple(sorted(entries, key=lambda entry: entry.number)) for name, entries in found.items()}


def _entry(props: dict[str, Any]) -> AclEntry | None:
    """None when it is not about TCP over IPv4."""
    if props["Protocol"] not in (6, -1) or "CidrBlock" not in props:
        return None
    ports = props.get("PortRange", {}) if props["Protocol"] == 6 else {}
    return AclEntry(
        props["RuleNumber"],
        props.get("Egress") is True,
        props["RuleAction"] == "allow",
        IPv4Network(props["CidrBlock"]),
        (ports.get("From", ALL_PORTS[0]), ports.get("To", ALL_PORTS[1])),
    )


def routed_outside(templates: Templates, subnet: Subnet, every: dict[str, Subnet]) -> Iterator[Subnet | None]:
    """The ways from a subnet to the internet: the subnet of the NAT gateway, or None when it goes straight through a
    gateway."""
    for route in templates.all("AWS::EC2::Route"):
        if templates.text(route.stack, route.props["RouteTableId"]) != subnet.table:
            continue
        if (
            "NatGatewayId" in route.props
            and (nat := templates.target(route.stack, route.props["NatGatewayId"])) is not None
        ):
            inner = every[templates.text(nat.stack, nat.props["SubnetId"])]
            yield from (inner for way in routed_outside(templates, inner, every) if way is None)
        elif "GatewayId" in route.props:
            yield None


def routed_to_gateway(templates: Templates) -> frozenset[str]:
    """The subnets with a route to a gateway, so that what has a public address there is on the internet."""
    tables = {
        templates.text(r.stack, r.props.get("RouteTableId"))
        for r in templates.all("AWS::EC2::Route")
        if "GatewayId" in r.props
    }
    return frozenset(
        templates.text(tie.stack, tie.props["SubnetId"])
        for tie in templates.all("AWS::EC2::SubnetRouteTableAssociation")
        if templates.text(tie.stack, tie.props["RouteTableId"]) in tables
    )
