"""Security group rules, flow logs, network ACLs and NAT gateways, taken through CloudFormation."""

import pytest

from tests.rehearsal.emulator.types.stack import Stack


def test_security_group_rules_arrive_and_the_default_group_is_closed(created: Stack) -> None:
    out = created.outputs
    assert created.rules(out["Group"]) == {
        (True, "-1", -1, "127.0.0.1/32"),
        (True, "tcp", 443, "10.0.0.0/16"),
        (False, "tcp", 5432, out["Peer"]),
    }
    groups = created.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [out["Vpc"]]}])[
        "SecurityGroups"
    ]
    default = next(group for group in groups if group["GroupName"] == "default")
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])


def test_a_flow_log_is_recorded_with_its_tags(created: Stack) -> None:
    flow = created.ec2.describe_flow_logs(FlowLogIds=[created.outputs["Flow"]])["FlowLogs"][0]
    assert (flow["ResourceId"], flow["TrafficType"]) == (created.outputs["Vpc"], "ALL")
    assert {"Key": "owner", "Value": "us"} in flow["Tags"]


def test_changing_a_rules_port_replaces_it_and_its_description_does_not(created: Stack) -> None:
    out = created.outputs
    created.update("In", Description="another word for it")
    assert created.outputs["In"] == out["In"]
    created.update("In", FromPort=5433, ToPort=5433)
    assert created.outputs["In"] != out["In"]
    assert {rule for rule in created.rules(out["Group"]) if not rule[0]} == {(False, "tcp", 5433, out["Peer"])}


def test_a_network_acl_has_its_entries_and_its_subnets(created: Stack) -> None:
    acl = created.acl
    assert [(e["RuleNumber"], e["Egress"], e["CidrBlock"], e["Protocol"], e["RuleAction"]) for e in acl["Entries"]] == [
        (100, True, "10.0.0.0/16", "6", "allow")
    ]
    assert [a["SubnetId"] for a in acl["Associations"]] == [created.outputs["A"]]
    assert {"Key": "owner", "Value": "us"} in acl["Tags"]


def test_changing_an_acls_entry_keeps_it_and_its_number_replaces_it(created: Stack) -> None:
    created.update("Entry", CidrBlock="10.1.0.0/16")
    assert [(e["RuleNumber"], e["CidrBlock"]) for e in created.acl["Entries"]] == [(100, "10.1.0.0/16")]
    created.update("Entry", RuleNumber=200)
    assert [e["RuleNumber"] for e in created.acl["Entries"]] == [200]


def test_an_acls_entry_that_exists_already_is_refused(stack: Stack) -> None:
    stack.template["Resources"]["Twice"] = {**stack.template["Resources"]["Entry"], "DependsOn": "Entry"}
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "NetworkAclEntryAlreadyExists" in stack.reasons()


def test_a_nat_gateway_has_its_subnet_and_its_address(created: Stack) -> None:
    out = created.outputs
    (gateway,) = created.ec2.describe_nat_gateways(NatGatewayIds=[out["Nat"]])["NatGateways"]
    assert gateway["SubnetId"] == out["A"]
    assert [a["PublicIp"] for a in created.ec2.describe_addresses()["Addresses"]] == [out["Address"]]


def test_a_rule_that_exists_already_is_refused(stack: Stack) -> None:
    stack.template["Resources"]["Twice"] = {**stack.template["Resources"]["In"], "DependsOn": "In"}
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "InvalidPermission.Duplicate" in stack.reasons()


def test_a_rule_without_a_peer_is_refused(stack: Stack) -> None:
    del stack.template["Resources"]["In"]["Properties"]["SourceSecurityGroupId"]
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "exactly one of CidrIp, CidrIpv6, SourceSecurityGroupId is needed, found none" in stack.reasons()
