"""How values of several resources are tied, as data: what is one's own, what all have alike, what nobody may forget."""

from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.templates import Resource

Path = tuple[str, ...]
"""From a resource's body to a value: `("Properties", "Role")`."""


def _properties(*names: str) -> tuple[Path, ...]:
    return tuple(("Properties", *name.split(".")) for name in names)


OWN: dict[str, tuple[tuple[Path, ...], ...]] = {
    "AWS::EC2::Subnet": (_properties("CidrBlock"),),
    "AWS::EC2::FlowLog": (_properties("ResourceId"), _properties("LogGroupName")),
    "AWS::EC2::NetworkAclEntry": (
        _properties("NetworkAclId", "Egress", "RuleNumber"),
        _properties("NetworkAclId", "Egress", "CidrBlock", "PortRange.From"),
    ),
    "AWS::EC2::Route": (_properties("RouteTableId", "DestinationCidrBlock"),),
    "AWS::EC2::NatGateway": (_properties("SubnetId"), _properties("AllocationId")),
    "AWS::EC2::SubnetRouteTableAssociation": (_properties("SubnetId"), _properties("RouteTableId")),
    "AWS::EC2::SubnetNetworkAclAssociation": (_properties("SubnetId"),),
    "AWS::EC2::VPCEndpoint": (_properties("ServiceName"),),
    "AWS::IAM::Policy": (_properties("PolicyName", "Roles"),),
    "AWS::Lambda::EventInvokeConfig": (_properties("FunctionName", "Qualifier"),),
    "AWS::Lambda::Function": (
        _properties("Role"),
        _properties("LoggingConfig.LogGroup"),
        _properties("VpcConfig.SecurityGroupIds"),
    ),
    "AWS::Lambda::Permission": (_properties("FunctionName", "Principal", "SourceArn"),),
    "AWS::Logs::LogGroup": (_properties("LogGroupName"),),
    "AWS::Logs::MetricFilter": (_properties("LogGroupName"), _properties("MetricTransformations")),
    "AWS::CloudWatch::Alarm": (
        _properties("AlarmName"),
        _properties("AlarmDescription"),
        _properties("MetricName", "Dimensions", "Statistic"),
    ),
    "AWS::SecretsManager::Secret": (_properties("GenerateSecretString.SecretStringTemplate"),),
    "AWS::SecretsManager::RotationSchedule": (_properties("SecretId"),),
    "Custom::DatabaseAccess": (_properties("Database"), _properties("Databases")),
}
"""By type: what no two resources have alike, each alone or together. What one lacks isn't compared."""

ALIKE: dict[str, tuple[Path, ...]] = {
    "AWS::EC2::Subnet": _properties("VpcId"),
    "AWS::EC2::NetworkAcl": _properties("VpcId"),
    "AWS::EC2::RouteTable": _properties("VpcId"),
    "AWS::EC2::SecurityGroup": _properties("VpcId"),
    "AWS::CloudWatch::Alarm": _properties("AlarmActions"),
    "AWS::Lambda::Function": _properties("Architectures", "VpcConfig.SubnetIds", "Code.S3Bucket"),
    "AWS::Logs::LogGroup": (
        ("DeletionPolicy",),
        ("UpdateReplacePolicy",),
        *_properties("KmsKeyId", "RetentionInDays"),
    ),
    "AWS::Logs::MetricFilter": _properties("MetricTransformations.MetricNamespace"),
    "AWS::RDS::DBInstance": _properties(
        "AutoMinorVersionUpgrade",
        "DBInstanceClass",
        "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod",
    ),
    "AWS::SecretsManager::Secret": (("DeletionPolicy",), *_properties("KmsKeyId")),
    "AWS::SecretsManager::RotationSchedule": _properties("RotationLambdaARN", "RotationRules"),
}
"""By type: what every resource that has it has alike."""


@dataclass(frozen=True)
class Cover:
    """Every resource of type `of` is named by one of type `by`, at `path`."""

    of: str
    by: str
    path: Path


COVERS = tuple(
    Cover(of, by, ("Properties", *name.split(".")))
    for of, by, name in (
        ("AWS::EC2::Subnet", "AWS::EC2::SubnetNetworkAclAssociation", "SubnetId"),
        ("AWS::EC2::Subnet", "AWS::EC2::SubnetRouteTableAssociation", "SubnetId"),
        ("AWS::EC2::RouteTable", "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId"),
        ("AWS::EC2::NetworkAcl", "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId"),
        ("AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment", "InternetGatewayId"),
        ("AWS::EC2::EIP", "AWS::EC2::NatGateway", "AllocationId"),
        ("AWS::EC2::NatGateway", "AWS::EC2::Route", "NatGatewayId"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
        ("AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup", "DBProxyName"),
        ("AWS::SecretsManager::Secret", "AWS::SecretsManager::RotationSchedule", "SecretId"),
    )
)
"""What AWS replaces by a default of its own where it is missing, such as the VPC's ACL that lets everything pass."""

USED = (
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::SecurityGroup",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::OptionGroup",
    "AWS::SNS::Topic",
)
"""Types whose resources do nothing unless another one names them."""

TWINS = ("AWS::Lambda::LayerVersion", "AWS::Logs::LogGroup", "AWS::RDS::DBInstance")
"""Types of which two resources may say the same: layers of one file for two functions, log groups that AWS names, and a
cluster's readers."""

Uses = tuple[tuple[str, Path], ...]
"""Types with the path at which a resource of them names something."""


def _uses(*pairs: tuple[str, str]) -> Uses:
    return tuple((type_, ("Properties", *name.split("."))) for type_, name in pairs)


ROLES = _uses(
    ("AWS::Lambda::Function", "Role"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.IamInstanceProfile.Arn"),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn"),
    ("AWS::RDS::DBProxy", "RoleArn"),
    ("AWS::RDS::DBCluster", "MonitoringRoleArn"),
    ("AWS::RDS::DBInstance", "MonitoringRoleArn"),
)
WRITTEN = _uses(("AWS::Lambda::Function", "LoggingConfig.LogGroup"), ("AWS::EC2::FlowLog", "LogGroupName"))
GROUPS = _uses(
    ("AWS::Lambda::Function", "VpcConfig.SecurityGroupIds"),
    ("AWS::ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.SecurityGroupIds"),
    ("AWS::EC2::VPCEndpoint", "SecurityGroupIds"),
    ("AWS::RDS::DBCluster", "VpcSecurityGroupIds"),
    ("AWS::RDS::DBInstance", "VPCSecurityGroups"),
    ("AWS::RDS::DBProxy", "VpcSecurityGroupIds"),
)
NAMED_ONCE = (ROLES, WRITTEN, GROUPS)
"""What is named so by one resource, no other names: two would have each other's rights and paths, or write into each
other's log."""

KEYS: dict[str, Uses] = {
    "the database": _uses(
        ("AWS::RDS::DBCluster", "KmsKeyId"),
        ("AWS::RDS::DBCluster", "PerformanceInsightsKmsKeyId"),
        ("AWS::RDS::DBInstance", "KmsKeyId"),
        ("AWS::RDS::DBInstance", "PerformanceInsightsKMSKeyId"),
    ),
    "logs": _uses(("AWS::Logs::LogGroup", "KmsKeyId")),
    "notifications": _uses(("AWS::SNS::Topic", "KmsMasterKeyId")),
    "secrets": _uses(("AWS::SecretsManager::Secret", "KmsKeyId")),
    "the master's secret": _uses(
        ("AWS::RDS::DBCluster", "MasterUserSecret.KmsKeyId"), ("AWS::RDS::DBInstance", "MasterUserSecret.KmsKeyId")
    ),
}
"""What has a key of its own, which is for all of it and for nothing else."""


def at(resource: Resource, path: Path) -> Any:
    """None where it is missing. In a list: of its first entry."""
    found: Any = resource.body
    for key in path:
        found = found[0] if isinstance(found, list) and found else found
        found = found.get(key) if isinstance(found, dict) else None
    return found
