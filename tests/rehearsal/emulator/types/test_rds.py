"""Proxies, their target groups and their endpoints, taken through CloudFormation."""

import pytest

from tests.rehearsal.emulator.types.stack import ROLE, Stack


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


def test_a_proxys_reader_endpoint_has_a_name_of_its_own_and_keeps_it(created: Stack) -> None:
    (reader,) = created.rds.describe_db_proxy_endpoints(DBProxyEndpointName="app-reader")["DBProxyEndpoints"]
    assert (reader["TargetRole"], reader["Endpoint"]) == ("READ_ONLY", created.outputs["ReaderEndpoint"])
    created.update("Reader", VpcSecurityGroupIds=[{"Ref": "Group"}])
    (after,) = created.rds.describe_db_proxy_endpoints(DBProxyEndpointName="app-reader")["DBProxyEndpoints"]
    assert (after["Endpoint"], after["VpcSecurityGroupIds"]) == (reader["Endpoint"], [created.outputs["Group"]])


def test_what_the_api_refuses_is_the_reason_of_the_failure(stack: Stack) -> None:
    stack.template["Resources"]["Proxy"]["Properties"]["DefaultAuthScheme"] = "NONE"
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "AWS::RDS::DBProxy: InvalidParameterCombination: Auth is required" in stack.reasons()
