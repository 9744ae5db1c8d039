"""Faults on the path of the writer's login, planted for real and put back."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.breaks import (
    without_the_proxys_grant,
    without_the_proxys_target,
    without_the_writers_grant,
)

WRITER = ("workload", "Writer")


def role(stage: Stage) -> str:
    return stage.deployed.function(*WRITER).role.rpartition("/")[2]


@contextmanager
def denied_explicitly(stage: Stage) -> Iterator[None]:
    iam, name = stage.cloud.client("iam"), role(stage)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "rds-db:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="deny", PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(RoleName=name, PolicyName="deny")


@contextmanager
def within_a_boundary(stage: Stage) -> Iterator[None]:
    """That allows everything but this."""
    iam, name = stage.cloud.client("iam"), role(stage)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "rds-db:*", "Resource": "*"}]}
    arn = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    before = iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary")
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    yield
    iam.delete_role_permissions_boundary(RoleName=name)
    if before:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=before["PermissionsBoundaryArn"])
    iam.delete_policy(PolicyArn=arn)


@contextmanager
def _without(stage: Stage, group: str, peer: str, kind: str) -> Iterator[None]:
    """The rule of `group` that names `peer`; `kind` is ingress or egress."""
    ec2 = stage.cloud.client("ec2")
    key = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}[kind]
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    rules = [one for one in found[key] if any(pair["GroupId"] == peer for pair in one["UserIdGroupPairs"])]
    assert len(rules) == 1
    ids = [
        one["SecurityGroupRuleId"]
        for one in _rules(ec2, group, kind)
        if one.get("ReferencedGroupInfo", {}).get("GroupId") == peer
    ]
    assert len(ids) == 1
    getattr(ec2, f"revoke_security_group_{kind}")(GroupId=group, SecurityGroupRuleIds=ids)
    yield
    getattr(ec2, f"authorize_security_group_{kind}")(GroupId=group, IpPermissions=rules)


def _rules(ec2: Any, group: str, kind: str) -> list[Any]:
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return [one for one in found["SecurityGroupRules"] if one["IsEgress"] is (kind == "egress")]


def without_the_proxys_ingress(stage: Stage) -> AbstractContextManager[None]:
    return _without(stage, _proxy(stage), _function(stage), "ingress")


def without_the_functions_egress(stage: Stage) -> AbstractContextManager[None]:
    return _without(stage, _function(stage), _proxy(stage), "egress")


def without_the_databases_ingress(stage: Stage) -> AbstractContextManager[None]:
    (cluster,) = stage.cloud.client("rds").describe_db_clusters()["DBClusters"]
    return _without(stage, cluster["VpcSecurityGroups"][0]["VpcSecurityGroupId"], _proxy(stage), "ingress")


def _proxy(stage: Stage) -> str:
    return str(stage.deployed.proxy["VpcSecurityGroupIds"][0])


def _function(stage: Stage) -> str:
    return str(_vpc(stage)["SecurityGroupIds"][0])


def _vpc(stage: Stage) -> dict[str, Any]:
    name = stage.deployed.function(*WRITER).name
    return dict(stage.cloud.client("lambda").get_function_configuration(FunctionName=name)["VpcConfig"])


@contextmanager
def _acl_entry(stage: Stage, subnet: str, *, egress: bool) -> Iterator[None]:
    """The first one, which denies all, of the subnet's ACL."""
    ec2 = stage.cloud.client("ec2")
    acls = ec2.describe_network_acls()["NetworkAcls"]
    acl = next(one for one in acls if any(tie["SubnetId"] == subnet for tie in one["Associations"]))["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 1, "Egress": egress}
    ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="deny", CidrBlock="0.0.0.0/0")
    yield
    ec2.delete_network_acl_entry(**entry)


def with_an_acl_that_denies(stage: Stage) -> AbstractContextManager[None]:
    return _acl_entry(stage, _vpc(stage)["SubnetIds"][0], egress=True)


def with_an_acl_that_denies_the_answers(stage: Stage) -> AbstractContextManager[None]:
    return _acl_entry(stage, _vpc(stage)["SubnetIds"][0], egress=False)


@contextmanager
def with_iam_off_at_the_database(stage: Stage) -> Iterator[None]:
    rds, name = stage.cloud.client("rds"), stage.deployed.database.identifier
    rds.modify_db_cluster(DBClusterIdentifier=name, EnableIAMDatabaseAuthentication=False)
    yield
    rds.modify_db_cluster(DBClusterIdentifier=name, EnableIAMDatabaseAuthentication=True)


ACCOUNT = {
    "no statement allows it": (without_the_writers_grant, "policy", "implicitDeny: no statement"),
    "a statement denies it": (denied_explicitly, "policy", "explicitDeny: a statement denies it"),
    "a permissions boundary": (within_a_boundary, "policy", "not within its permissions boundary arn:aws:iam::"),
    "the proxy's group lets it not in": (without_the_proxys_ingress, "network", "no rule lets tcp 5432 into sg-"),
    "its own group lets it not out": (without_the_functions_egress, "network", "no rule lets tcp 5432 out of sg-"),
    "an ACL denies": (with_an_acl_that_denies, "network", "entry 1 of acl-"),
    "an ACL denies the answers": (with_an_acl_that_denies_the_answers, "network", "denies the answers into subnet-"),
    "the proxy has no target": (without_the_proxys_target, "proxy", "none of keyless"),
    "the proxy's role may not": (without_the_proxys_grant, "proxy's policy", "implicitDeny: no statement"),
    "the database's group lets the proxy not in": (without_the_databases_ingress, "proxy's network", "into sg-"),
    "IAM authentication is off": (with_iam_off_at_the_database, "IAM authentication", "is off"),
}
"""By what is wrong: how it is made so, the hop that is named, a part of what was answered."""
