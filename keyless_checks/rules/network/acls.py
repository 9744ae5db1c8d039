"""Network ACLs and subnets: values that EC2 refuses, and what lets more through than the paths need."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from keyless_checks.reading.family import family_of
from keyless_checks.reading.load_balancers import BALANCER
from keyless_checks.reading.place import place
from keyless_checks.reading.placed import CLIENTS, subnets_of
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.network.balancers import ANSWERS, Balancers, ports_of

ENTRY, SUBNET = "AWS::EC2::NetworkAclEntry", "AWS::EC2::Subnet"
_EVERYWHERE = "0.0.0.0/0"
_MOST_NUMBER, _LARGEST, _SMALLEST = 32_766, 16, 28
_WAYS = ("AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint")


def own_acl(templates: Templates) -> Iterator[Finding]:
    """A subnet has one ACL of the stacks: the VPC's default one lets everything through."""
    ties = Counter(
        templates.text(t.stack, t.props["SubnetId"]) for t in templates.all("AWS::EC2::SubnetNetworkAclAssociation")
    )
    for subnet in templates.all(SUBNET):
        if ties[subnet.path] != 1:
            yield Finding(subnet.path, f"it has {ties[subnet.path]} ACLs of the stacks; allowed: 1")


def numbered(templates: Templates) -> Iterator[Finding]:
    """Entries have numbers of their own in an ACL and direction, from 1 to 32766."""
    keys = [
        (templates.text(e.stack, e.props["NetworkAclId"]), e.props.get("Egress"), e.props["RuleNumber"])
        for e in templates.all(ENTRY)
    ]
    for entry, key in zip(templates.all(ENTRY), keys, strict=True):
        if not 1 <= key[2] <= _MOST_NUMBER or keys.count(key) > 1:
            yield Finding(entry.path, f"its number is {key[2]}; allowed: 1 to {_MOST_NUMBER}, once in an ACL")


def narrow_entries(templates: Templates) -> Iterator[Finding]:
    """An entry allows TCP on the database's port, HTTPS or the ports of answers, within the VPC; HTTPS and its answers
    also outside, where a setting opens a way. A load balancer's subnets take the ranges that may come to it, on 443 and
    80, and reach the ports of its targets."""
    blocks = [IPv4Network(vpc.props["CidrBlock"]) for vpc in templates.all("AWS::EC2::VPC")]
    way_out = any(r.stack == "network" for r in templates.all(*_WAYS))
    balancers, port = Balancers(templates), family_of(templates).port
    known = {(443, 443), (port, port), ANSWERS}
    for entry in templates.all(ENTRY):
        block, ports = entry.props["CidrBlock"], ports_of(entry)
        inside = any(IPv4Network(block).subnet_of(range_) for range_ in blocks)
        outside = block == _EVERYWHERE and way_out and ports == ((443, 443) if entry.props["Egress"] else ANSWERS)
        meant = balancers.needs(entry) if balancers.concern(entry) else (inside or outside) and ports in known
        if entry.props["Protocol"] != 6 or not meant:
            yield Finding(entry.path, f"it is about protocol {entry.props['Protocol']}, ports {ports}, {block}")
        if entry.props.get("RuleAction") != "allow":
            yield Finding(entry.path, "it denies; allowed: entries that allow, since what no entry allows is denied")


def placed_subnets(templates: Templates) -> Iterator[Finding]:
    """Subnets are in the VPC's range, apart from each other, of a size that EC2 knows, in zones of the region."""
    where, ranges = place(templates), [IPv4Network(v.props["CidrBlock"]) for v in templates.all("AWS::EC2::VPC")]
    found = {subnet.path: IPv4Network(subnet.props["CidrBlock"]) for subnet in templates.all(SUBNET)}
    for subnet in templates.all(SUBNET):
        block, zone = found[subnet.path], str(subnet.props["AvailabilityZone"])
        if not any(block.subnet_of(range_) for range_ in ranges) or not _LARGEST <= block.prefixlen <= _SMALLEST:
            yield Finding(subnet.path, f"{block} is not in the VPC's range, or not /{_LARGEST} to /{_SMALLEST}")
        if where and not where.region.startswith("$") and zone[:-1] != where.region:
            yield Finding(subnet.path, f"zone {zone} is not in {where.region}")
    for one, other in combinations(found, 2):
        if found[one].overlaps(found[other]):
            yield Finding(one, f"{found[one]} overlaps {other}")


def several_zones(templates: Templates) -> Iterator[Finding]:
    """Clients, load balancers, proxies and databases are in subnets of two zones or more, so that one may fail."""
    zones = {subnet.path: subnet.props["AvailabilityZone"] for subnet in templates.all(SUBNET)}
    for resource in templates.all(*CLIENTS, BALANCER, "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup"):
        known = [zones[path] for path in _subnets(templates, resource) if path in zones]
        if known and len(set(known)) < 2:
            yield Finding(resource.path, f"all of its subnets are in {known[0]}")


def apart(templates: Templates) -> Iterator[Finding]:
    """Clients are in other subnets than databases and proxies, which have no route outside; each subnet has one
    route table of the stacks."""
    inner = {
        path for r in templates.all("AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup") for path in _subnets(templates, r)
    }
    for client in templates.all(*CLIENTS):
        if shared := sorted(inner & set(_subnets(templates, client))):
            yield Finding(client.path, f"it is in {', '.join(shared)}, with the database or a proxy")
    ties = [
        (templates.text(t.stack, t.props["SubnetId"]), templates.text(t.stack, t.props["RouteTableId"]))
        for t in templates.all("AWS::EC2::SubnetRouteTableAssociation")
    ]
    routed = {templates.text(r.stack, r.props["RouteTableId"]) for r in templates.all("AWS::EC2::Route")}
    for subnet in templates.all(SUBNET):
        tables = [table for path, table in ties if path == subnet.path]
        if len(tables) != 1 or (subnet.path in inner and tables[0] in routed):
            yield Finding(subnet.path, "it has no route table of the stacks, or a way outside beside the database")


def _subnets(templates: Templates, resource: Resource) -> list[str]:
    return [templates.text(resource.stack, subnet) for subnet in subnets_of(resource)]


def names_resolve(templates: Templates) -> Iterator[Finding]:
    """The VPC answers names and gives them to what is in it: hosts of RDS and endpoints are names."""
    for vpc in templates.all("AWS::EC2::VPC"):
        for key in ("EnableDnsHostnames", "EnableDnsSupport"):
            if vpc.props.get(key) is not True:
                yield Finding(vpc.path, f"{key} must be true")


RULES: tuple[Rule, ...] = (own_acl, numbered, narrow_entries, placed_subnets, several_zones, apart, names_resolve)
