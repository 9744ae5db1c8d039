"""Databases and proxies, within what the settings allow."""

from checks.rules.decided.forms import Each, Either, Form, Number
from checks.rules.decided.types.words import GROUP, KEY, LABEL, ROLE, SUBNETS, TAGS, kept, waits_for

_IDENTIFIER = "[a-z](-?[a-z0-9])*"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_KEPT = kept("Delete", "Snapshot", "Retain")
_INSIGHTS: tuple[dict[str, Form], ...] = (
    {"DatabaseInsightsMode": "advanced", "PerformanceInsightsRetentionPeriod": 465},
    {"DatabaseInsightsMode": "standard", "PerformanceInsightsRetentionPeriod": 7},
)
_MONITORED: tuple[dict[str, Form], ...] = (
    {},
    {"MonitoringInterval": Either((1, 5, 10, 15, 30, 60)), "MonitoringRoleArn": ROLE},
)
_LOG = "AWS::Logs::LogGroup"
_DATABASE: dict[str, Form] = {
    "BackupRetentionPeriod": Number(1, 35),
    "CopyTagsToSnapshot": True,
    "DBSubnetGroupName": "<AWS::RDS::DBSubnetGroup>",
    "DeletionProtection": Either((True, False)),
    "EnableIAMDatabaseAuthentication": True,
    "EngineVersion": r"\d{2}\.\d+",
    "KmsKeyId": KEY,
    "MasterUserAuthenticationType": "iam-db-auth",
    "MasterUsername": "keyless_master",
    "PreferredBackupWindow": f"{_TIME}-{_TIME}",
    "PreferredMaintenanceWindow": f"{_DAY}:{_TIME}-{_DAY}:{_TIME}",
    "StorageEncrypted": True,
    "Tags": TAGS,
}
_CLUSTER: dict[str, Form] = {
    **_DATABASE,
    "DBClusterIdentifier": _IDENTIFIER,
    "DBClusterParameterGroupName": "<AWS::RDS::DBClusterParameterGroup>",
    "DatabaseName": r"[A-Za-z_]\w*",
    "EnableCloudwatchLogsExports": Each(
        "postgresql|iam-db-auth-error|instance", has=("postgresql", "iam-db-auth-error")
    ),
    "Engine": "aurora-postgresql",
    "PerformanceInsightsEnabled": True,
    "PerformanceInsightsKmsKeyId": KEY,
    "Port": 5432,
    "ServerlessV2ScalingConfiguration?": {
        "MinCapacity": Number(0, 256, fraction=True),
        "MaxCapacity": Number(1, 256, fraction=True),
    },
    "VpcSecurityGroupIds": Each(GROUP),
}
_OF_ANY_INSTANCE: dict[str, Form] = {
    "AutoMinorVersionUpgrade": Either((True, False)),
    "EnablePerformanceInsights": True,
    "PerformanceInsightsKMSKeyId": KEY,
    "PerformanceInsightsRetentionPeriod": Either((7, 465)),
    "PubliclyAccessible": False,
    "Tags": TAGS,
}
_MEMBER: dict[str, Form] = {
    **_OF_ANY_INSTANCE,
    "DBClusterIdentifier": "<AWS::RDS::DBCluster>",
    "DBInstanceClass": r"db\.serverless|db\.[a-z][a-z0-9-]*\.[a-z0-9]+",
    "Engine": "aurora-postgresql",
    "PromotionTier": Number(0, 15),
}
_INSTANCE: dict[str, Form] = {
    **_DATABASE,
    **_OF_ANY_INSTANCE,
    "AllocatedStorage": r"[1-9]\d+",
    "DBInstanceClass": r"db\.(?!serverless)[a-z][a-z0-9-]*\.[a-z0-9]+",
    "DBInstanceIdentifier": _IDENTIFIER,
    "DBName": r"[A-Za-z_]\w*",
    "DBParameterGroupName": "<AWS::RDS::DBParameterGroup>",
    "DeleteAutomatedBackups": False,
    "EnableCloudwatchLogsExports": Each(
        "postgresql|iam-db-auth-error|upgrade", has=("postgresql", "iam-db-auth-error", "upgrade")
    ),
    "Engine": "postgres",
    "MaxAllocatedStorage": Number(20, 65_536),
    "MultiAZ": Either((True, False)),
    "Port": "5432",
    "StorageType": "gp3",
    "VPCSecurityGroups": Each(GROUP),
}
_PARAMETERS: dict[str, Form] = {
    "log_connections": "1",
    "log_disconnections": "1",
    "log_min_duration_statement": "1000",
    "log_statement": "ddl",
    "max_connections?": r"\d+",
    "rds.force_ssl": "1",
}
_AUDIT: dict[str, Form] = {"pgaudit.log": "role,ddl", "shared_preload_libraries": "pg_stat_statements,pgaudit"}


def _parameters(family: str) -> Form:
    return {
        "Properties": {
            "Description": LABEL,
            "Family": family,
            "Parameters": Either((_PARAMETERS, {**_PARAMETERS, **_AUDIT})),
            "Tags": TAGS,
        }
    }


def _databases(properties: dict[str, Form]) -> list[Form]:
    """Each way to be kept, watched and monitored."""
    return [
        {**way, "DependsOn": waits_for(_LOG), "Properties": {**properties, **insights, **monitored}}
        for way in _KEPT
        for insights in _INSIGHTS
        for monitored in _MONITORED
    ]


TYPES: dict[str, Form] = {
    "AWS::RDS::DBCluster": Either(tuple(_databases(_CLUSTER))),
    "AWS::RDS::DBInstance": Either(
        (
            {
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
                "DependsOn": waits_for(_LOG),
                "Properties": _MEMBER,
            },
            *_databases(_INSTANCE),
        )
    ),
    "AWS::RDS::DBClusterParameterGroup": _parameters(r"aurora-postgresql\d+"),
    "AWS::RDS::DBParameterGroup": _parameters(r"postgres\d+"),
    "AWS::RDS::DBSubnetGroup": {
        "DependsOn?": waits_for(),
        "Properties": {"DBSubnetGroupDescription": LABEL, "SubnetIds": SUBNETS, "Tags": TAGS},
    },
}
