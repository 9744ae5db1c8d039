"""Whether network ACLs let one subnet ask another, and the answers back. They keep no state, and the first entry that
fits decides.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import product
from typing import Any, Final

from keyless.doctor.account.endpoints import Site
from keyless.doctor.finding import Finding, well, wrong
from keyless.preflight.account.reader import Reader

ANSWERS: Final = (1024, 65535)
"""Where answers go: Lambda and RDS ask from these ports (VPC User Guide, Ephemeral ports)."""
_PROTOCOLS: Final = ("6", "-1")


@dataclass(frozen=True)
class Subnet:
    id: str
    vpc: str
    range: IPv4Network


@dataclass(frozen=True)
class Acl:
    id: str
    entries: tuple[Mapping[str, Any], ...]
    """In the order of their numbers."""

    def refusal(self, ports: tuple[int, int], other: IPv4Network) -> str:
        """The entry that keeps packets to one of these ports back; empty where none does."""
        within = (port for port in self._cuts(ports) if ports[0] <= port <= ports[1])
        return next(filter(None, (self._refused(port, other) for port in within)), "")

    def _refused(self, port: int, other: IPv4Network) -> str:
        for entry in self.entries:
            allows, there = entry["RuleAction"] == "allow", IPv4Network(entry["CidrBlock"])
            low, high = _ports(entry)
            if low <= port <= high and (other.subnet_of(there) if allows else other.overlaps(there)):
                return "" if allows else f"entry {entry['RuleNumber']} of {self.id} denies"
        return f"no entry of {self.id} allows"

    def _cuts(self, ports: tuple[int, int]) -> list[int]:
        """Between two of them all ports fare alike."""
        ranges = [_ports(entry) for entry in self.entries]
        return sorted({*ports, *(low for low, _ in ranges), *(high + 1 for _, high in ranges)})

    def about(self, *, egress: bool) -> "Acl":
        """With its entries of that direction about TCP over IPv4."""
        mine = (one for one in self.entries if one["Egress"] is egress and one["Protocol"] in _PROTOCOLS)
        return Acl(self.id, tuple(one for one in mine if "CidrBlock" in one))


def subnets_of(reader: Reader, *sites: Site) -> dict[str, Subnet]:
    """By id. Raises UnansweredError."""
    ids = sorted({subnet for site in sites for subnet in site.subnets})
    found = reader.items("ec2", "DescribeSubnets", "Subnets", SubnetIds=ids)
    return {one["SubnetId"]: Subnet(one["SubnetId"], one["VpcId"], IPv4Network(one["CidrBlock"])) for one in found}


def let_through(
    reader: Reader, source: Site, target: Site, port: int, known: Mapping[str, Subnet], whose: str
) -> Finding:
    """Raises UnansweredError."""
    asked = f"do the network ACLs let {whose}, tcp {port}, and the answers back?"
    records = reader.items("ec2", "DescribeNetworkAcls", "NetworkAcls")
    pairs = product(source.subnets, target.subnets)
    for one, other in ((known[a], known[b]) for a, b in pairs if a in known and b in known and a != b):
        for refusal, what in _refusals(_acl(records, one), _acl(records, other), one, other, port):
            return wrong(
                asked,
                f"{refusal} {what}",
                "delete that entry, or put one that allows it before it: aws ec2 create-network-acl-entry",
            )
    return well(asked, "yes, between all of their subnets")


def _refusals(here: Acl, there: Acl, one: Subnet, other: Subnet, port: int) -> Iterator[tuple[str, str]]:
    steps = (
        (here, (port, port), other, True, f"tcp {port} out of {one.id} to {other.range}"),
        (there, (port, port), one, False, f"tcp {port} into {other.id} from {one.range}"),
        (there, ANSWERS, one, True, f"the answers out of {other.id} to {one.range}"),
        (here, ANSWERS, other, False, f"the answers into {one.id} from {other.range}"),
    )
    for acl, ports, peer, egress, what in steps:
        if refusal := acl.about(egress=egress).refusal(ports, peer.range):
            yield refusal, what


def _acl(records: list[Mapping[str, Any]], subnet: Subnet) -> Acl:
    """The subnet's own, or its VPC's default one."""
    own = (one for one in records if any(tie["SubnetId"] == subnet.id for tie in one["Associations"]))
    default = (one for one in records if one["IsDefault"] and one["VpcId"] == subnet.vpc)
    record = next(own, None) or next(default)
    return Acl(record["NetworkAclId"], tuple(sorted(record["Entries"], key=lambda entry: int(entry["RuleNumber"]))))


def _ports(entry: Mapping[str, Any]) -> tuple[int, int]:
    """Of TCP, and of all protocols, which have none."""
    ports = entry.get("PortRange") or {}
    return ports.get("From", 0), ports.get("To", 65535)
