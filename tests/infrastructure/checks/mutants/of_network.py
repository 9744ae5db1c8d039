"""Networks broken on purpose."""

from keyless_checks.rules.network import acls, security_groups, vpc
from tests.infrastructure.checks.mutants.edit import Mutant, add, drop, pick, put, remove, twice
from tests.infrastructure.templates import Change, Templates

GROUP, IN, OUT = security_groups.GROUP, security_groups.IN, security_groups.OUT
_CLOSED, _INGRESS, _EGRESS = (
    "keyless_groups_are_closed",
    "keyless_no_ingress_from_addresses",
    "keyless_no_egress_beyond_the_paths",
)
_BY_GROUP = "keyless_databases_are_reached_by_group"
_ANYWHERE = {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}
_RESTRICTED = "Custom::VpcRestrictDefaultSG"


def _route(templates: Templates) -> None:
    """A route to the internet from the functions' subnets, as if there were a NAT gateway for somebody else."""
    table = pick(templates, "AWS::EC2::SubnetRouteTableAssociation").props["RouteTableId"]
    resources = templates.by_stack["network"]["Resources"]
    resources["Nat"] = {"Type": "AWS::EC2::NatGateway", "Properties": {}}
    for gone in [r.logical_id for r in templates.all("AWS::EC2::NetworkAclEntry")]:
        del resources[gone]
    resources["Out"] = {
        "Type": "AWS::EC2::Route",
        "Properties": {"RouteTableId": table, "GatewayId": "igw-1", "DestinationCidrBlock": "0.0.0.0/0"},
    }


def _public_subnet(templates: Templates) -> None:
    pick(templates, "AWS::EC2::Subnet").props["MapPublicIpOnLaunch"] = True


def _from(range_: str) -> Change:
    return put(IN, CidrIp=range_)


def _in_one_zone(templates: Templates) -> None:
    for subnet in templates.all("AWS::EC2::Subnet"):
        subnet.props["AvailabilityZone"] = "eu-west-1a"


def _beside_the_database(templates: Templates) -> None:
    subnets = pick(templates, "AWS::RDS::DBProxy").props["VpcSubnetIds"]
    pick(templates, "AWS::Lambda::Function", "workload/Writer").props["VpcConfig"]["SubnetIds"] = subnets


SUBNET, VPC, TIE = "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::SubnetNetworkAclAssociation"
FIRST = "DatabaseAcl/Ingress1"
OF_ACLS = [
    Mutant("subnets with the VPC's default ACL", acls.own_acl, remove(TIE, "Database")),
    Mutant("an ACL's entry of number 40000", acls.numbered, put(acls.ENTRY, FIRST, RuleNumber=40_000)),
    Mutant("two entries of one number", acls.numbered, put(acls.ENTRY, FIRST, RuleNumber=20)),
    Mutant("an ACL for every address", acls.narrow_entries, put(acls.ENTRY, FIRST, CidrBlock="0.0.0.0/0")),
    Mutant("an ACL for every protocol", acls.narrow_entries, put(acls.ENTRY, FIRST, Protocol=-1)),
    Mutant("an ACL for SSH", acls.narrow_entries, put(acls.ENTRY, FIRST, PortRange={"From": 22, "To": 22})),
    Mutant("an ACL that denies", acls.narrow_entries, put(acls.ENTRY, FIRST, RuleAction="deny")),
    Mutant("a subnet beside the VPC's range", acls.placed_subnets, put(SUBNET, CidrBlock="192.168.0.0/24")),
    Mutant(
        "a subnet in another's range", acls.placed_subnets, put(SUBNET, "DatabaseSubnet1", CidrBlock="10.30.4.0/24")
    ),
    Mutant("a subnet of 8 addresses", acls.placed_subnets, put(SUBNET, "DatabaseSubnet1", CidrBlock="10.30.3.0/29")),
    Mutant("a zone of another region", acls.placed_subnets, put(SUBNET, AvailabilityZone="us-east-1a")),
    Mutant("everything in one zone", acls.several_zones, _in_one_zone),
    Mutant("functions beside the database", acls.apart, _beside_the_database),
    Mutant(
        "a subnet with the VPC's own routes", acls.apart, remove("AWS::EC2::SubnetRouteTableAssociation", "Database")
    ),
    Mutant("a VPC that answers no names", acls.names_resolve, put(VPC, EnableDnsSupport=False)),
    Mutant("a VPC that gives no names", acls.names_resolve, put(VPC, EnableDnsHostnames=False)),
]
MUTANTS = [
    *OF_ACLS,
    Mutant(
        "a group that keeps EC2's default egress",
        security_groups.closed_groups,
        drop(GROUP, "SecurityGroupEgress"),
        _CLOSED,
    ),
    Mutant(
        "a function's group that keeps it",
        security_groups.closed_groups,
        drop(GROUP, "SecurityGroupEgress", "workload/"),
        _CLOSED,
    ),
    Mutant(
        "a group that lets everything out",
        security_groups.closed_groups,
        put(GROUP, SecurityGroupEgress=[_ANYWHERE]),
        _CLOSED,
    ),
    Mutant(
        "a group that lets a range in",
        security_groups.closed_groups,
        put(GROUP, SecurityGroupIngress=[{**_ANYWHERE, "CidrIp": "10.0.0.0/8"}]),
        _CLOSED,
    ),
    Mutant(
        "ingress from an address range",
        security_groups.between_groups,
        _from("10.0.0.0/8"),
        "keyless_addresses_come_to_load_balancers",
    ),
    Mutant("ingress from an IPv6 range", security_groups.between_groups, put(IN, CidrIpv6="::/0"), _INGRESS),
    Mutant("ingress on every port", security_groups.between_groups, put(IN, FromPort=0, ToPort=65535), _INGRESS),
    Mutant(
        "ingress on PostgreSQL's port and all above", security_groups.between_groups, put(IN, ToPort=65535), _INGRESS
    ),
    Mutant("port 70000", security_groups.between_groups, put(IN, FromPort=70000, ToPort=70000), _INGRESS),
    Mutant("every protocol out", security_groups.between_groups, put(OUT, IpProtocol="-1"), _EGRESS),
    Mutant("SSH out", security_groups.between_groups, put(OUT, FromPort=22, ToPort=22), _EGRESS),
    Mutant("egress to an address range", security_groups.between_groups, put(OUT, CidrIp="0.0.0.0/0"), _BY_GROUP),
    Mutant(
        "a rule without another end", security_groups.between_groups, drop(OUT, "DestinationSecurityGroupId"), _BY_GROUP
    ),
    Mutant(
        "ingress from another group than sends",
        security_groups.both_ends,
        put(IN, SourceSecurityGroupId="sg-0123456789abcdef0"),
    ),
    Mutant("egress that nobody lets in", security_groups.both_ends, remove(IN, "workload/")),
    Mutant("ingress that nobody lets out", security_groups.both_ends, remove(OUT, "workload/")),
    Mutant("the same rule twice", security_groups.no_duplicates, twice(IN)),
    Mutant("the same egress rule twice", security_groups.no_duplicates, twice(OUT)),
    Mutant(
        "flows that are accepted aren't recorded", vpc.recorded_flows, put("AWS::EC2::FlowLog", TrafficType="REJECT")
    ),
    Mutant("no flow log", vpc.recorded_flows, remove("AWS::EC2::FlowLog")),
    Mutant("the default group stays open", security_groups.closed_default_group, remove(_RESTRICTED)),
    Mutant(
        "another group than the default one is emptied",
        security_groups.closed_default_group,
        put(_RESTRICTED, DefaultSecurityGroupId="sg-0123456789abcdef0"),
    ),
    Mutant(
        "a foreign function is asked to empty it",
        security_groups.closed_default_group,
        put(_RESTRICTED, ServiceToken="arn:aws:lambda:eu-west-1:111122223333:function:other"),
    ),
    Mutant("a subnet that gives public addresses", vpc.private_subnets, _public_subnet),
    Mutant("functions in a subnet with a route to the internet", vpc.private_subnets, _route),
    Mutant("an internet gateway", vpc.no_way_outside, add("network", "AWS::EC2::InternetGateway")),
    Mutant(
        "a route",
        vpc.no_way_outside,
        add("network", "AWS::EC2::Route", DestinationCidrBlock="0.0.0.0/0", GatewayId="igw-1"),
    ),
    Mutant("a peered network", vpc.no_way_outside, add("network", "AWS::EC2::VPCPeeringConnection")),
]
