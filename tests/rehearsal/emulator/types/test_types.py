"""The types that ministack lacks behave like CloudFormation's: created, read, updated, replaced, deleted, never half
understood."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.types.stand_ins import STAND_INS
from tests.rehearsal.emulator.types.stack import ROLE, TEMPLATE, Stack


@pytest.fixture(scope="module")
def empty_cloud() -> Iterator[Cloud]:
    with Cloud() as running:
        yield running


@pytest.fixture
def stack(empty_cloud: Cloud) -> Iterator[Stack]:
    stack = Stack(empty_cloud)
    yield stack
    stack.delete()


@pytest.fixture
def created(stack: Stack) -> Stack:
    stack.create()
    return stack


def test_references_and_attributes_are_what_the_apis_say(created: Stack) -> None:
    out, proxy = created.outputs, created.proxy
    assert (out["Proxy"], out["DBProxyArn"], out["Endpoint"], out["VpcId"]) == (
        "app",
        proxy["DBProxyArn"],
        proxy["Endpoint"],
        out["Vpc"],
    )
    assert out["DBProxyArn"].rsplit(":", 1)[-1].startswith("prx-")
    group = created.rds.describe_db_proxy_target_groups(DBProxyName="app")["TargetGroups"][0]
    assert out["Targets"] == out["TargetGroupArn"] == group["TargetGroupArn"]
    assert out["In"] == out["InId"]
    assert out["Flow"] == out["FlowId"]


def test_every_property_of_the_proxy_arrives(created: Stack) -> None:
    proxy = created.proxy
    assert (proxy["RequireTLS"], proxy["DefaultAuthScheme"], proxy["RoleArn"], proxy["EngineFamily"]) == (
        True,
        "IAM_AUTH",
        ROLE,
        "POSTGRESQL",
    )
    assert proxy["VpcSecurityGroupIds"] == [created.outputs["Peer"]]
    assert len(proxy["VpcSubnetIds"]) == 2
    tags = created.rds.list_tags_for_resource(ResourceName=proxy["DBProxyArn"])["TagList"]
    assert {"Key": "owner", "Value": "us"} in tags


def test_the_target_group_tracks_the_cluster_with_its_pool_settings(created: Stack) -> None:
    targets = created.rds.describe_db_proxy_targets(DBProxyName="app")["Targets"]
    cluster = created.rds.describe_db_clusters()["DBClusters"][0]["DBClusterIdentifier"]
    assert [target["RdsResourceId"] for target in targets if target["Type"] == "TRACKED_CLUSTER"] == [cluster]
    pool = created.rds.describe_db_proxy_target_groups(DBProxyName="app")["TargetGroups"][0]["ConnectionPoolConfig"]
    assert (pool["MaxConnectionsPercent"], pool["ConnectionBorrowTimeout"]) == (90, 30)


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


def test_changing_the_proxy_keeps_it(created: Stack) -> None:
    before = created.proxy
    created.update("Proxy", RequireTLS=False, IdleClientTimeout=60, Tags=[{"Key": "owner", "Value": "them"}])
    after = created.proxy
    assert (after["RequireTLS"], after["IdleClientTimeout"]) == (False, 60)
    assert (after["DBProxyArn"], after["Endpoint"]) == (before["DBProxyArn"], before["Endpoint"])
    assert {"Key": "owner", "Value": "them"} in created.rds.list_tags_for_resource(ResourceName=after["DBProxyArn"])[
        "TagList"
    ]


def test_renaming_the_proxy_replaces_it(created: Stack) -> None:
    before = created.proxy["DBProxyArn"]
    created.template["Resources"]["Reader"]["Properties"]["DBProxyEndpointName"] = "app-2-reader"  # it is replaced, too
    created.update("Proxy", DBProxyName="app-2")
    (left,) = created.rds.describe_db_proxies()["DBProxies"]
    assert (left["DBProxyName"], left["DBProxyArn"] != before) == ("app-2", True)
    assert created.rds.describe_db_proxy_targets(DBProxyName="app-2")["Targets"]


def test_changing_the_pool_keeps_the_target(created: Stack) -> None:
    created.update("Targets", ConnectionPoolConfigurationInfo={"MaxConnectionsPercent": 50})
    pool = created.rds.describe_db_proxy_target_groups(DBProxyName="app")["TargetGroups"][0]["ConnectionPoolConfig"]
    assert pool["MaxConnectionsPercent"] == 50
    assert created.rds.describe_db_proxy_targets(DBProxyName="app")["Targets"]


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


def test_a_secrets_reference_is_its_arn_and_its_value_is_generated_as_asked(created: Stack) -> None:
    assert created.outputs["Secret"].startswith("arn:aws:secretsmanager:us-east-1:000000000000:secret:")
    value = created.secret()
    assert value.keys() == {"username", "password"}
    assert len(value["password"]) == 40
    assert value["password"].isalnum()


def test_changing_a_secrets_description_keeps_its_value(created: Stack) -> None:
    before = created.secret()
    created.update("Secret", Description="of another user")
    described = created.secrets.describe_secret(SecretId=created.outputs["Secret"])
    assert (described["Description"], created.secret()) == ("of another user", before)


def test_a_secrets_policy_and_rotation_are_set(created: Stack) -> None:
    arn = created.outputs["Secret"]
    assert "DeleteSecret" in created.secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    described = created.secrets.describe_secret(SecretId=arn)
    assert described["RotationEnabled"]
    assert described["RotationLambdaARN"].endswith(f":function:{created.outputs['Rotate']}")
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 30}


def test_a_rotation_function_that_secrets_manager_may_not_call_is_refused(stack: Stack) -> None:
    stack.template["Resources"]["Permission"]["Properties"]["SourceArn"] = (
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:another"
    )
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "Secrets Manager cannot invoke the specified Lambda function" in stack.reasons()


def test_a_proxys_reader_endpoint_has_a_name_of_its_own_and_keeps_it(created: Stack) -> None:
    (reader,) = created.rds.describe_db_proxy_endpoints(DBProxyEndpointName="app-reader")["DBProxyEndpoints"]
    assert (reader["TargetRole"], reader["Endpoint"]) == ("READ_ONLY", created.outputs["ReaderEndpoint"])
    created.update("Reader", VpcSecurityGroupIds=[{"Ref": "Group"}])
    (after,) = created.rds.describe_db_proxy_endpoints(DBProxyEndpointName="app-reader")["DBProxyEndpoints"]
    assert (after["Endpoint"], after["VpcSecurityGroupIds"]) == (reader["Endpoint"], [created.outputs["Group"]])


def test_a_nat_gateway_has_its_subnet_and_its_address(created: Stack) -> None:
    out = created.outputs
    (gateway,) = created.ec2.describe_nat_gateways(NatGatewayIds=[out["Nat"]])["NatGateways"]
    assert gateway["SubnetId"] == out["A"]
    assert [a["PublicIp"] for a in created.ec2.describe_addresses()["Addresses"]] == [out["Address"]]


def test_deleting_the_stack_deletes_them(created: Stack) -> None:
    out = created.outputs
    created.delete()
    assert created.rds.describe_db_proxies()["DBProxies"] == []
    assert created.ec2.describe_flow_logs(FlowLogIds=[out["Flow"]])["FlowLogs"] == []
    assert created.rules(out["Group"]) == set()
    assert created.secrets.list_secrets()["SecretList"] == []
    assert created.ec2.describe_addresses()["Addresses"] == []
    assert [a for a in created.ec2.describe_network_acls()["NetworkAcls"] if a["NetworkAclId"] == out["Acl"]] == []


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


def test_what_the_api_refuses_is_the_reason_of_the_failure(stack: Stack) -> None:
    stack.template["Resources"]["Proxy"]["Properties"]["DefaultAuthScheme"] = "NONE"
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "AWS::RDS::DBProxy: InvalidParameterCombination: Auth is required" in stack.reasons()


def test_a_topic_keeps_its_key_through_a_change_and_a_new_name_is_another_topic(created: Stack) -> None:
    topic = created.outputs["Topic"]
    assert created.topic_key(topic).endswith(created.outputs["Key"])
    created.update("Topic", DisplayName="another word for it")
    assert created.outputs["Topic"] == topic
    assert created.topic_key(topic).endswith(created.outputs["Key"])
    del created.template["Resources"]["Topic"]["Properties"]["KmsMasterKeyId"]
    created.update("Topic", TopicName="others")
    assert created.outputs["Topic"].endswith(":others")
    assert created.topic_key(created.outputs["Topic"]) == ""
    assert [found["TopicArn"] for found in created.topics.list_topics()["Topics"]] == [created.outputs["Topic"]]


@pytest.mark.parametrize("resource_type", sorted(STAND_INS))
def test_a_property_that_is_not_carried_over_is_refused_by_name(stack: Stack, resource_type: str) -> None:
    name = next(name for name, resource in TEMPLATE["Resources"].items() if resource["Type"] == resource_type)
    stack.template["Resources"][name]["Properties"]["Surprise"] = "yes"
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert f"{resource_type}: the rehearsal's stand-in does not carry Surprise" in stack.reasons()
