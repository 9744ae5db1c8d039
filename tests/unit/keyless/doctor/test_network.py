"""Network ACLs and security groups as AWS reads them: several entries together let a way through."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from keyless.doctor.account.acls import ANSWERS, Acl
from keyless.doctor.account.groups import named

HERE = IPv4Network("10.0.0.0/24")


def entry(number: int, action: str, cidr: str = "10.0.0.0/8", ports: tuple[int, int] | None = None) -> dict[str, Any]:
    found = {"RuleNumber": number, "Egress": True, "Protocol": "6", "RuleAction": action, "CidrBlock": cidr}
    return found | ({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {})


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ([entry(1, "allow")], ""),
        ([], "no entry of acl allows"),
        ([entry(1, "deny"), entry(2, "allow")], "entry 1 of acl denies"),
        ([entry(1, "allow"), entry(2, "deny")], ""),
        ([entry(1, "allow", ports=(1024, 40000)), entry(2, "allow", ports=(40001, 65535))], ""),
        ([entry(1, "allow", ports=(1024, 40000)), entry(2, "allow", ports=(40002, 65535))], "no entry of acl allows"),
        ([entry(1, "deny", ports=(3389, 3389)), entry(2, "allow")], "entry 1 of acl denies"),
        ([entry(1, "deny", ports=(22, 22)), entry(2, "allow")], ""),
        ([entry(1, "deny", "10.0.0.7/32"), entry(2, "allow")], "entry 1 of acl denies"),
        ([entry(1, "deny", "10.9.0.0/16"), entry(2, "allow")], ""),
        ([entry(1, "allow", "10.0.0.7/32")], "no entry of acl allows"),
        ([{**entry(1, "deny"), "Protocol": "17"}, {**entry(2, "allow"), "Protocol": "-1"}], ""),
        ([{**entry(1, "deny"), "Egress": False}, entry(2, "allow")], ""),
    ],
)
def test_answers_come_back_where_every_port_is_allowed_before_it_is_denied(
    entries: list[dict[str, Any]], refusal: str
) -> None:
    assert Acl("acl", tuple(entries)).about(egress=True).refusal(ANSWERS, HERE) == refusal


def rule(*cidrs: str, group: str = "", protocol: str = "tcp", ports: tuple[int, int] = (5432, 5432)) -> tuple[str, Any]:
    found = {
        "IpProtocol": protocol,
        "UserIdGroupPairs": [{"GroupId": group}],
        "IpRanges": [{"CidrIp": c} for c in cidrs],
    }
    return "sg", found | ({"FromPort": ports[0], "ToPort": ports[1]} if protocol != "-1" else {})


@pytest.mark.parametrize(
    ("rules", "lets"),
    [
        ([rule(group="sg-peer")], True),
        ([rule(group="sg-other")], False),
        ([rule(group="sg-peer", ports=(5433, 5433))], False),
        ([rule(group="sg-peer", ports=(0, 65535))], True),
        ([rule(group="sg-peer", protocol="-1")], True),
        ([rule(group="sg-peer", protocol="udp")], False),
        ([rule("10.0.0.0/16")], True),
        ([rule("10.0.0.0/24"), rule("10.0.1.0/24")], True),
        ([rule("10.0.0.0/24")], False),
        ([], False),
    ],
)
def test_a_group_lets_through_by_the_peers_group_or_by_all_of_its_subnets(rules: list[Any], lets: bool) -> None:
    assert named(rules, ["sg-peer"], [HERE, IPv4Network("10.0.1.0/24")], 5432) is lets
