"""Who can open a connection to whom, from the templates alone: the matrix of each environment. UPDATE_SNAPSHOTS=1
rewrites it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keyless_aurora.testing import Reviewed
from keyless_aurora.testing.texts import reachability as matrix
from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.checks.mutants import of_network, of_paths
from tests.infrastructure.checks.mutants.edit import Mutant
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Change, Templates
from tests.infrastructure.variants import VARIANTS
from tests.infrastructure.workloads import people, workloads

MATRICES = Reviewed(Path(__file__).parent / "reachability", accept="UPDATE_SNAPSHOTS=1 make infrastructure")
LISTED = (
    "aurora-B-prod",
    "instance-C",
    "egress",
    "existing-cluster",
    "readers",
    "aurora-mysql-A-prod",
    "mariadb-B-prod",
    "existing-mysql",
)
"""Variants whose connections differ."""
SEEN = [
    mutant
    for module in (of_network, of_paths)
    for mutant in module.MUTANTS
    if mutant.name
    in {
        "ingress from another group than sends",
        "egress that nobody lets in",
        "ingress that nobody lets out",
        "a rule without another end",
        *(m.name for m in of_paths.MUTANTS),
    }
]


def test_exactly_these_connections_can_be_opened(
    shipped: Callable[[str], Synthesis], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = {name: shipped(name) for name in ENVIRONMENTS}
    made |= {name: synthesize(VARIANTS[name][0], tmp_path_factory.mktemp(name), VARIANTS[name][1]) for name in LISTED}
    made["workloads"] = workloads(tmp_path_factory.mktemp("workloads"))
    made["people"] = people(tmp_path_factory.mktemp("people"))
    MATRICES.assert_same({f"{name}.txt": matrix(synthesis.templates) for name, synthesis in made.items()})


def template(**resources: dict[str, object]) -> Templates:
    return Templates(
        {"t": {"Resources": {name: {"Type": body.pop("Type"), "Properties": body} for name, body in resources.items()}}}
    )


def function(group: str, *subnets: str) -> dict[str, object]:
    return {
        "Type": "AWS::Lambda::Function",
        "VpcConfig": {
            "SecurityGroupIds": [{"Fn::GetAtt": [group, "GroupId"]}],
            "SubnetIds": [{"Ref": subnet} for subnet in subnets],
        },
    }


def group(**properties: object) -> dict[str, object]:
    return {"Type": "AWS::EC2::SecurityGroup", **properties}


ANYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
NOWHERE = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}


def subnet(cidr: str) -> dict[str, object]:
    return {"Type": "AWS::EC2::Subnet", "CidrBlock": cidr}


def tie(kind: str, subnet: str, other: str) -> dict[str, object]:
    key = {"NetworkAcl": "NetworkAclId", "RouteTable": "RouteTableId"}[kind]
    return {"Type": f"AWS::EC2::Subnet{kind}Association", "SubnetId": {"Ref": subnet}, key: {"Ref": other}}


def test_a_group_without_egress_rules_lets_everything_out() -> None:
    found = matrix(
        template(
            S=subnet("10.0.0.0/24"),
            A=group(),
            B=group(SecurityGroupEgress=[NOWHERE], SecurityGroupIngress=[ANYWHERE]),
            F=function("A", "S"),
            G=function("B", "S"),
        )
    )
    assert found == "0.0.0.0/0, from outside -> t/G: tcp 0-65535\nt/F -> t/G: tcp 0-65535\n"


def test_ranges_of_addresses_count_by_subnet() -> None:
    lets_in = {"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 5009, "CidrIp": "10.0.0.0/24"}
    here, there = subnet("10.0.0.0/24"), subnet("10.0.1.0/24")
    groups = {"A": group(), "B": group(SecurityGroupEgress=[NOWHERE], SecurityGroupIngress=[lets_in])}
    assert (
        matrix(template(S=here, T=there, **groups, F=function("A", "S"), G=function("B", "T")))
        == "t/F -> t/G: tcp 5000-5009\n"
    )
    here, there = subnet("10.0.2.0/24"), subnet("10.0.1.0/24")
    groups = {"A": group(), "B": group(SecurityGroupEgress=[NOWHERE], SecurityGroupIngress=[lets_in])}
    assert (
        matrix(template(S=here, T=there, **groups, F=function("A", "S"), G=function("B", "T")))
        == "10.0.0.0/24, from outside -> t/G: tcp 5000-5009\n"
    )


def test_the_internet_is_behind_a_nat_gateway_and_its_subnets_gateway() -> None:
    def network(*, gateway: bool) -> Templates:
        parts: dict[str, dict[str, object]] = {
            "S": subnet("10.0.0.0/24"),
            "P": subnet("10.0.9.0/28"),
            "A": group(SecurityGroupEgress=[HTTPS]),
            "F": function("A", "S"),
            "SR": tie("RouteTable", "S", "R"),
            "PQ": tie("RouteTable", "P", "Q"),
            "N": {"Type": "AWS::EC2::NatGateway", "SubnetId": {"Ref": "P"}},
            "Out": {"Type": "AWS::EC2::Route", "RouteTableId": {"Ref": "R"}, "NatGatewayId": {"Ref": "N"}},
        }
        if gateway:
            parts["Up"] = {"Type": "AWS::EC2::Route", "RouteTableId": {"Ref": "Q"}, "GatewayId": "igw-1"}
        return template(**parts)

    assert matrix(network(gateway=True)) == "t/F -> the internet: tcp 443\n"
    assert matrix(network(gateway=False)) == ""


def test_a_gateway_endpoint_is_reached_from_the_subnets_whose_route_table_it_is_in() -> None:
    def network(table: str) -> Templates:
        out = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "DestinationPrefixListId": "pl-1"}
        return template(
            S=subnet("10.0.0.0/24"),
            A=group(SecurityGroupEgress=[out]),
            F=function("A", "S"),
            SR=tie("RouteTable", "S", "R"),
            E={"Type": "AWS::EC2::VPCEndpoint", "VpcEndpointType": "Gateway", "RouteTableIds": [{"Ref": table}]},
        )

    assert matrix(network("R")) == "t/F -> t/E: tcp 443\n"
    assert matrix(network("Other")) == ""


def test_an_existing_database_is_reached_by_its_group() -> None:
    out = {
        "Type": "AWS::EC2::SecurityGroupEgress",
        "GroupId": {"Fn::GetAtt": ["A", "GroupId"]},
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "DestinationSecurityGroupId": "sg-1",
    }
    into = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "GroupId": "sg-1",
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "SourceSecurityGroupId": {"Fn::GetAtt": ["A", "GroupId"]},
    }
    found = template(
        S=subnet("10.0.0.0/24"), A=group(SecurityGroupEgress=[NOWHERE]), F=function("A", "S"), Out=out, In=into
    )
    assert matrix(found) == "t/F -> sg-1: tcp 5432\n"


@pytest.mark.parametrize("mutant", SEEN, ids=lambda mutant: mutant.name)
def test_a_broken_path_changes_the_matrix(prod: Synthesis, mutant: Mutant) -> None:
    assert matrix(prod.templates.broken(mutant.change)) != matrix(prod.templates)


def _removing(path: str) -> Change:
    def change(templates: Templates) -> None:
        found = templates.find(path)
        assert found is not None
        del templates.by_stack[found.stack]["Resources"][found.logical_id]

    return change


def test_every_rule_of_a_group_is_needed(every: Synthesis) -> None:
    """Taking any one away closes a connection."""
    rules = [r.path for r in every.templates.all("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")]
    whole = matrix(every.templates)
    assert [path for path in rules if matrix(every.templates.broken(_removing(path))) == whole] == []
