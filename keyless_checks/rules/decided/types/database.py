"""Databases and proxies, within what the settings allow."""

from keyless_checks.engines import ENGINES, POSTGRESQL, EngineFacts
from keyless_checks.parameters import AUDITED
from keyless_checks.rules.decided.forms import Each, Either, Form, Number
from keyless_checks.rules.decided.types import by_secret
from keyless_checks.rules.decided.types.words import GROUP, KEY, LABEL, ROLE, SUBNETS, TAGS, kept, waits_for

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
    "KmsKeyId": KEY,
    "MasterUsername": "keyless_master",
    "PreferredBackupWindow": f"{_TIME}-{_TIME}",
    "PreferredMaintenanceWindow": f"{_DAY}:{_TIME}-{_DAY}:{_TIME}",
    "StorageEncrypted": True,
    "Tags": TAGS,
}
_VERSIONS = {
    "aurora-postgresql": r"\d{2}\.\d+",
    "postgres": r"\d{2}\.\d+",
    "aurora-mysql": r"\d\.\d\.mysql_aurora\.\d+\.\d+\.\d+",
    "mysql": r"\d\.\d\.\d+",
    "mariadb": r"\d{2}\.\d\.\d+",
}
_MASTERS: tuple[dict[str, Form], ...] = (
    {"MasterUserAuthenticationType": "iam-db-auth"},
    {"ManageMasterUserPassword": True, "MasterUserSecret": {"KmsKeyId": KEY}},
)
"""With IAM, or, of families of which RDS takes no such master, with a secret that RDS makes."""


def _of_engine(facts: EngineFacts) -> dict[str, Form]:
    return {
        "EnableCloudwatchLogsExports": Each(
            "|".join(sorted(facts.log_exports)), has=tuple(sorted(facts.needed_exports))
        ),
        "Engine": facts.id,
        "EngineVersion": _VERSIONS[facts.id],
    }


def _cluster(facts: EngineFacts) -> dict[str, Form]:
    return {**_DATABASE, **_OF_CLUSTERS, **_of_engine(facts), "Port": facts.family.port}


def _instance(facts: EngineFacts) -> dict[str, Form]:
    audit: dict[str, Form] = {} if facts.family is POSTGRESQL else {"OptionGroupName?": "<AWS::RDS::OptionGroup>"}
    return {**_DATABASE, **_OF_INSTANCES, **_of_engine(facts), **audit, "Port": str(facts.family.port)}


_OF_CLUSTERS: dict[str, Form] = {
    "DBClusterIdentifier": _IDENTIFIER,
    "DBClusterParameterGroupName": "<AWS::RDS::DBClusterParameterGroup>",
    "DatabaseName": r"[A-Za-z_]\w*",
    "PerformanceInsightsEnabled": True,
    "PerformanceInsightsKmsKeyId": KEY,
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
    "Engine": "|".join(facts.id for facts in ENGINES.values() if facts.aurora),
    "PromotionTier": Number(0, 15),
}
_OF_INSTANCES: dict[str, Form] = {
    **_OF_ANY_INSTANCE,
    "AllocatedStorage": r"[1-9]\d+",
    "DBInstanceClass": r"db\.(?!serverless)[a-z][a-z0-9-]*\.[a-z0-9]+",
    "DBInstanceIdentifier": _IDENTIFIER,
    "DBName": r"[A-Za-z_]\w*",
    "DBParameterGroupName": "<AWS::RDS::DBParameterGroup>",
    "DeleteAutomatedBackups": False,
    "MaxAllocatedStorage": Number(20, 65_536),
    "MultiAZ": Either((True, False)),
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
_OF_MYSQL: dict[str, Form] = {
    "log_output": "FILE",
    "long_query_time": "1",
    "max_connections?": r"\d+",
    "slow_query_log": "1",
}
_ON_CLUSTER: dict[str, Form] = {**_OF_MYSQL, "require_secure_transport": "ON"}
_ON_INSTANCE: dict[str, Form] = {**_OF_MYSQL, "require_secure_transport": "1"}
_AUDIT_OF_MYSQL: dict[str, Form] = {"server_audit_events": AUDITED, "server_audit_logging": "1"}


_AUDIT_OPTION: dict[str, Form] = {
    "EngineName": "mysql|mariadb",
    "MajorEngineVersion": r"\d+\.\d",
    "OptionConfigurations": Each(
        {
            "OptionName": "MARIADB_AUDIT_PLUGIN",
            "OptionSettings": Each({"Name": "SERVER_AUDIT_EVENTS", "Value": AUDITED}, most=1),
        },
        most=1,
    ),
}
_INSTANCES = tuple(facts for facts in ENGINES.values() if not facts.aurora and facts.family.converged)


def _parameters(family: str, *values: Form) -> dict[str, Form]:
    return {
        "Properties": {"Description": LABEL, "Family": family, "Parameters": Either(values), "Tags": TAGS},
    }


def _databases(properties: dict[str, Form], facts: EngineFacts) -> list[Form]:
    """Each way to be kept, watched and monitored, and for the master to log in."""
    return [
        {**way, "DependsOn": waits_for(_LOG), "Properties": {**properties, **insights, **monitored, **master}}
        for way in _KEPT
        for insights in _INSIGHTS
        for monitored in _MONITORED
        for master in (_MASTERS[:1] if facts.family.iam_master else _MASTERS)
    ]


TYPES: dict[str, Form] = {
    "AWS::RDS::DBCluster": Either(
        tuple(form for facts in ENGINES.values() if facts.aurora for form in _databases(_cluster(facts), facts))
    ),
    "AWS::RDS::DBInstance": Either(
        (
            {
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
                "DependsOn": waits_for(_LOG),
                "Properties": _MEMBER,
            },
            *(form for facts in _INSTANCES for form in _databases(_instance(facts), facts)),
            *by_secret.databases({**_DATABASE, **_OF_INSTANCES}, _KEPT, _INSIGHTS, _MONITORED),
        )
    ),
    "AWS::RDS::DBClusterParameterGroup": Either(
        (
            _parameters(r"aurora-postgresql\d+", _PARAMETERS, {**_PARAMETERS, **_AUDIT}),
            _parameters(r"aurora-mysql\d\.\d", _ON_CLUSTER, {**_ON_CLUSTER, **_AUDIT_OF_MYSQL}),
        )
    ),
    "AWS::RDS::DBParameterGroup": Either(
        (
            _parameters(r"postgres\d+", _PARAMETERS, {**_PARAMETERS, **_AUDIT}),
            _parameters(r"(mysql\d|mariadb\d{2})\.\d", _ON_INSTANCE),
            *(_parameters(family, *values) for family, values in by_secret.PARAMETERS.items()),
        )
    ),
    "AWS::RDS::OptionGroup": Either(
        tuple(
            {**way, "Properties": {**options, "OptionGroupDescription": LABEL, "Tags": TAGS}}
            for way in kept("Delete", "Retain")
            for options in (_AUDIT_OPTION, by_secret.LISTENER_OPTION)
        )
    ),
    "AWS::RDS::DBSubnetGroup": {
        "DependsOn?": waits_for(),
        "Properties": {"DBSubnetGroupDescription": LABEL, "SubnetIds": SUBNETS, "Tags": TAGS},
    },
}
