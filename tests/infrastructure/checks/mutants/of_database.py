"""Clusters broken on purpose."""

from keyless_checks.rules import kept, retention
from keyless_checks.rules import secrets as secret_rules
from keyless_checks.rules.database import configuration, data, logins, logs, names, schedule
from tests.infrastructure.checks.mutants.edit import (
    Mutant,
    add,
    body,
    drop,
    inner,
    parameter,
    put,
    remove,
    without_order,
)
from tests.infrastructure.templates import Change

CLUSTER, INSTANCE, KEY, GROUP = (
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::KMS::Key",
    "AWS::RDS::DBClusterParameterGroup",
)
_MASTER, _TLS = "keyless_cluster_master_is_iam", "keyless_database_requires_tls"


def _acu(low: float, high: float) -> Change:
    return put(CLUSTER, ServerlessV2ScalingConfiguration={"MinCapacity": low, "MaxCapacity": high})


def _windows(backup: str, maintenance: str) -> Change:
    return put(CLUSTER, PreferredBackupWindow=backup, PreferredMaintenanceWindow=maintenance)


SCHEDULES = [
    Mutant("backup during maintenance", schedule.windows, _windows("03:30-04:30", "sun:03:00-sun:04:00")),
    Mutant("backup during maintenance past midnight", schedule.windows, _windows("23:45-00:45", "sun:00:15-sun:01:15")),
    Mutant("ten minutes of backup", schedule.windows, _windows("01:00-01:10", "sun:03:00-sun:04:00")),
    Mutant("a window without minutes", schedule.windows, _windows("1-2", "sun:03:00-sun:04:00")),
    Mutant("ten minutes of maintenance", schedule.windows, _windows("01:00-02:00", "sun:03:00-sun:03:10")),
    Mutant("two days of maintenance", schedule.windows, _windows("01:00-02:00", "sun:03:00-tue:03:00")),
    Mutant("a day that doesn't exist", schedule.windows, _windows("01:00-02:00", "day:03:00-day:04:00")),
    Mutant("an interval of 45 s", schedule.observed, put(CLUSTER, MonitoringInterval=45)),
    Mutant("Enhanced Monitoring without a role", schedule.observed, drop(CLUSTER, "MonitoringRoleArn")),
    Mutant("a role without Enhanced Monitoring", schedule.observed, put(CLUSTER, MonitoringInterval=0)),
    Mutant("advanced insights for a week", schedule.observed, put(CLUSTER, PerformanceInsightsRetentionPeriod=7)),
    Mutant("insights for 100 days", schedule.observed, put(CLUSTER, PerformanceInsightsRetentionPeriod=100)),
    Mutant("insights that are off", schedule.observed, put(CLUSTER, PerformanceInsightsEnabled=False)),
    Mutant("an insights mode that RDS doesn't have", schedule.observed, put(CLUSTER, DatabaseInsightsMode="expert")),
    Mutant("insights with RDS's key", schedule.observed, drop(INSTANCE, "PerformanceInsightsKMSKeyId", "Writer")),
    Mutant("a cluster's name in capitals", names.identifiers, put(CLUSTER, DBClusterIdentifier="Keyless-Aurora")),
    Mutant("a master named like RDS's own", names.identifiers, put(CLUSTER, MasterUsername="rdsadmin")),
    Mutant("snapshots without tags", names.tagged_snapshots, put(CLUSTER, CopyTagsToSnapshot=False)),
    Mutant("a cluster gone when it is replaced", retention.said_twice, body(CLUSTER, UpdateReplacePolicy="Delete")),
    Mutant(
        "a key gone when it is replaced", retention.said_twice, body(KEY, "database/", UpdateReplacePolicy="Delete")
    ),
    Mutant(
        "a policy that replacing doesn't know",
        retention.said_twice,
        body(KEY, "database/", DeletionPolicy="RetainExceptOnCreate", UpdateReplacePolicy="RetainExceptOnCreate"),
    ),
    Mutant(
        "a log gone when it is replaced",
        retention.said_twice,
        body("AWS::Logs::LogGroup", "database/", UpdateReplacePolicy="Delete"),
    ),
    Mutant("the logs' key goes, the logs stay", retention.keys_stay, body(KEY, "LogsKey", DeletionPolicy="Delete")),
    Mutant(
        "one log that doesn't stay",
        retention.alike_logs,
        body("AWS::Logs::LogGroup", "database/", DeletionPolicy="Delete", UpdateReplacePolicy="Delete"),
    ),
    Mutant("one log for a day", retention.alike_logs, put("AWS::Logs::LogGroup", "database/", RetentionInDays=1)),
    Mutant(
        "a log for 42 days", retention.alike_logs, put("AWS::Logs::LogGroup", "workload/Writer", RetentionInDays=42)
    ),
    Mutant(
        "a log with AWS's key",
        retention.encrypted_logs,
        drop("AWS::Logs::LogGroup", "KmsKeyId", "workload/Writer"),
    ),
    Mutant("access that stays", retention.access_goes, body("Custom::DatabaseAccess", DeletionPolicy="Retain")),
    Mutant("parameters of no database", configuration.used_parameters, add("database", GROUP, Parameters={})),
    Mutant("no statement is logged", configuration.parameters, parameter("log_statement", "none")),
    Mutant("every statement is logged", configuration.parameters, parameter("log_statement", "all")),
    Mutant("logged statements left to PostgreSQL", configuration.parameters, parameter("log_statement", None)),
    Mutant("leaving isn't logged", configuration.parameters, parameter("log_disconnections", "0")),
    Mutant("pgaudit without a class", configuration.parameters, parameter("pgaudit.log", None)),
    Mutant("pgaudit of everything", configuration.parameters, parameter("pgaudit.log", "all")),
    Mutant(
        "pgaudit that isn't loaded",
        configuration.parameters,
        parameter("shared_preload_libraries", "pg_stat_statements"),
    ),
    Mutant(
        "a library that nobody knows",
        configuration.parameters,
        parameter("shared_preload_libraries", "pg_stat_statements,plrust"),
    ),
]
MUTANTS = [
    Mutant("a cluster without an instance", data.has_instances, remove("AWS::RDS::DBInstance")),
    *SCHEDULES,
    Mutant("the master has a password", logins.no_master_password, put(CLUSTER, MasterUserPassword="x"), _MASTER),
    Mutant(
        "the master has a managed password",
        logins.no_master_password,
        put(CLUSTER, ManageMasterUserPassword=True),
        _MASTER,
    ),
    Mutant(
        "the master's way to log in isn't set",
        logins.no_master_password,
        drop(CLUSTER, "MasterUserAuthenticationType"),
        _MASTER,
    ),
    Mutant(
        "the master logs in with a password",
        logins.no_master_password,
        put(CLUSTER, MasterUserAuthenticationType="password"),
        _MASTER,
    ),
    Mutant(
        "MasterUserSecret without ManageMasterUserPassword",
        logins.managed_secret,
        put(CLUSTER, MasterUserSecret={}),
        _MASTER,
    ),
    Mutant(
        "the master's name comes from a secret",
        secret_rules.no_references,
        put(CLUSTER, MasterUsername="{{resolve:ssm-secure:x}}"),
    ),
    Mutant(
        "a password from Secrets Manager in a property",
        secret_rules.no_references,
        put(CLUSTER, MasterUserPassword="{{resolve:secretsmanager:x:SecretString:password}}"),
    ),
    Mutant(
        "a secret that no user has",
        secret_rules.only_declared,
        add("database", "AWS::SecretsManager::Secret"),
        "keyless_no_secret",
    ),
    Mutant(
        "a secret with its value in the template",
        secret_rules.generated,
        add("database", "AWS::SecretsManager::Secret", SecretString="x"),
        "keyless_no_secret",
    ),
    Mutant("IAM logins are off", logins.iam_logins, put(CLUSTER, EnableIAMDatabaseAuthentication=False), _MASTER),
    Mutant("storage isn't encrypted", data.own_key, put(CLUSTER, StorageEncrypted=False)),
    Mutant("storage is encrypted with RDS's key", data.own_key, drop(CLUSTER, "KmsKeyId")),
    Mutant(
        "storage is encrypted with somebody's key",
        data.own_key,
        put(CLUSTER, KmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/x"),
    ),
    Mutant("the key doesn't rotate", data.own_key, put(KEY, "database/", EnableKeyRotation=False)),
    Mutant("the key goes, its snapshots stay", data.own_key, body(KEY, "database/", DeletionPolicy="Delete")),
    Mutant("a key that a failed deploy leaves behind", kept.once_made, body(KEY, "database/", DeletionPolicy="Retain")),
    Mutant(
        "a log group that a failed deploy leaves behind",
        kept.once_made,
        body("AWS::Logs::LogGroup", "database/", DeletionPolicy="Retain"),
    ),
    Mutant("a key that goes when it is replaced", kept.once_made, body(KEY, "database/", UpdateReplacePolicy="Delete")),
    Mutant("a protected cluster leaves no snapshot", data.kept_data, body(CLUSTER, DeletionPolicy="Delete")),
    Mutant("no backups", data.kept_data, put(CLUSTER, BackupRetentionPeriod=0)),
    Mutant("backups for longer than RDS keeps them", data.kept_data, put(CLUSTER, BackupRetentionPeriod=36)),
    Mutant(
        "a log export that Aurora PostgreSQL doesn't have",
        logs.log_exports,
        put(CLUSTER, EnableCloudwatchLogsExports=["postgresql", "iam-db-auth-error", "audit"]),
    ),
    Mutant(
        "refused IAM logins aren't exported",
        logs.log_exports,
        put(CLUSTER, EnableCloudwatchLogsExports=["postgresql"]),
    ),
    Mutant("the logs' groups aren't made first", logs.log_exports, without_order(CLUSTER)),
    Mutant("minimum above maximum ACU", configuration.capacity, _acu(4, 2)),
    Mutant("300 ACU", configuration.capacity, _acu(1, 300)),
    Mutant("a quarter of an ACU", configuration.capacity, _acu(0.25, 2)),
    Mutant("a negative capacity", configuration.capacity, _acu(-1, 2)),
    Mutant(
        "serverless instances without a capacity",
        configuration.capacity,
        drop(CLUSTER, "ServerlessV2ScalingConfiguration"),
    ),
    Mutant(
        "a provisioned reader beside a serverless writer",
        configuration.capacity,
        put(INSTANCE, "Reader", DBInstanceClass="db.r8g.large"),
    ),
    Mutant("parameters of another major version", configuration.parameters, put(GROUP, Family="aurora-postgresql16")),
    Mutant(
        "an engine of another major version than its parameters",
        configuration.parameters,
        put(CLUSTER, EngineVersion="16.9"),
    ),
    Mutant(
        "RDS's default parameter group",
        configuration.parameters,
        put(CLUSTER, DBClusterParameterGroupName="default.aurora-postgresql17"),
    ),
    Mutant("a parameter that doesn't exist", configuration.parameters, inner(GROUP, "Parameters", force_ssl="1")),
    Mutant("a value that a parameter doesn't take", configuration.parameters, parameter("log_statement", "some")),
    Mutant("TLS isn't forced", configuration.parameters, parameter("rds.force_ssl", "0"), _TLS),
    Mutant("TLS is left to the default", configuration.parameters, parameter("rds.force_ssl", None), _TLS),
    Mutant("logins aren't logged", configuration.parameters, parameter("log_connections", "0")),
    Mutant(
        "an instance with a public address", configuration.private, put(INSTANCE, "Writer", PubliclyAccessible=True)
    ),
    Mutant(
        "an instance that doesn't say whether it has one",
        configuration.private,
        drop(INSTANCE, "PubliclyAccessible", "Reader"),
    ),
    Mutant(
        "the cluster in a foreign security group",
        configuration.private,
        put(CLUSTER, VpcSecurityGroupIds=["sg-0123456789abcdef0"]),
    ),
    Mutant("the cluster in the VPC's default group", configuration.private, drop(CLUSTER, "VpcSecurityGroupIds")),
    Mutant("a first database that the spec doesn't have", data.initial_database, put(CLUSTER, DatabaseName="postgres")),
]
