"""Clusters broken on purpose."""

from checks.rules import database as rules
from checks.rules import secrets as secret_rules
from tests.infrastructure.checks.mutants.edit import Mutant, add, body, drop, inner, parameter, put, without_order
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


MUTANTS = [
    Mutant("the master has a password", rules.no_master_password, put(CLUSTER, MasterUserPassword="x"), _MASTER),
    Mutant(
        "the master has a managed password",
        rules.no_master_password,
        put(CLUSTER, ManageMasterUserPassword=True),
        _MASTER,
    ),
    Mutant(
        "the master's way to log in isn't said",
        rules.no_master_password,
        drop(CLUSTER, "MasterUserAuthenticationType"),
        _MASTER,
    ),
    Mutant(
        "the master logs in with a password",
        rules.no_master_password,
        put(CLUSTER, MasterUserAuthenticationType="password"),
        _MASTER,
    ),
    Mutant(
        "MasterUserSecret without ManageMasterUserPassword",
        rules.managed_secret,
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
    Mutant("IAM logins are off", rules.iam_logins, put(CLUSTER, EnableIAMDatabaseAuthentication=False), _MASTER),
    Mutant("storage isn't encrypted", rules.own_key, put(CLUSTER, StorageEncrypted=False)),
    Mutant("storage is encrypted with RDS's key", rules.own_key, drop(CLUSTER, "KmsKeyId")),
    Mutant(
        "storage is encrypted with somebody's key",
        rules.own_key,
        put(CLUSTER, KmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/x"),
    ),
    Mutant("the key doesn't rotate", rules.own_key, put(KEY, "database/", EnableKeyRotation=False)),
    Mutant("the key goes, its snapshots stay", rules.own_key, body(KEY, "database/", DeletionPolicy="Delete")),
    Mutant("a protected cluster leaves no snapshot", rules.kept_data, body(CLUSTER, DeletionPolicy="Delete")),
    Mutant("no backups", rules.kept_data, put(CLUSTER, BackupRetentionPeriod=0)),
    Mutant("backups for longer than RDS keeps them", rules.kept_data, put(CLUSTER, BackupRetentionPeriod=36)),
    Mutant(
        "a log export that Aurora PostgreSQL doesn't have",
        rules.log_exports,
        put(CLUSTER, EnableCloudwatchLogsExports=["postgresql", "iam-db-auth-error", "audit"]),
    ),
    Mutant(
        "refused IAM logins aren't exported",
        rules.log_exports,
        put(CLUSTER, EnableCloudwatchLogsExports=["postgresql"]),
    ),
    Mutant("the logs' groups aren't made first", rules.log_exports, without_order(CLUSTER)),
    Mutant("minimum above maximum ACU", rules.capacity, _acu(4, 2)),
    Mutant("300 ACU", rules.capacity, _acu(1, 300)),
    Mutant("a quarter of an ACU", rules.capacity, _acu(0.25, 2)),
    Mutant("a negative capacity", rules.capacity, _acu(-1, 2)),
    Mutant(
        "serverless instances without a capacity", rules.capacity, drop(CLUSTER, "ServerlessV2ScalingConfiguration")
    ),
    Mutant(
        "a provisioned reader beside a serverless writer",
        rules.capacity,
        put(INSTANCE, "Reader", DBInstanceClass="db.r8g.large"),
    ),
    Mutant("parameters of another major version", rules.parameters, put(GROUP, Family="aurora-postgresql16")),
    Mutant(
        "an engine of another major version than its parameters", rules.parameters, put(CLUSTER, EngineVersion="16.9")
    ),
    Mutant(
        "RDS's default parameter group",
        rules.parameters,
        put(CLUSTER, DBClusterParameterGroupName="default.aurora-postgresql17"),
    ),
    Mutant("a parameter that doesn't exist", rules.parameters, inner(GROUP, "Parameters", force_ssl="1")),
    Mutant("a value that a parameter doesn't take", rules.parameters, parameter("log_statement", "some")),
    Mutant("TLS isn't forced", rules.parameters, parameter("rds.force_ssl", "0"), _TLS),
    Mutant("TLS is left to the default", rules.parameters, parameter("rds.force_ssl", None), _TLS),
    Mutant("logins aren't logged", rules.parameters, parameter("log_connections", "0")),
    Mutant("an instance with a public address", rules.private, put(INSTANCE, "Writer", PubliclyAccessible=True)),
    Mutant(
        "an instance that doesn't say whether it has one", rules.private, drop(INSTANCE, "PubliclyAccessible", "Reader")
    ),
    Mutant(
        "the cluster in a foreign security group",
        rules.private,
        put(CLUSTER, VpcSecurityGroupIds=["sg-0123456789abcdef0"]),
    ),
    Mutant("the cluster in the VPC's default group", rules.private, drop(CLUSTER, "VpcSecurityGroupIds")),
    Mutant(
        "a first database that the spec doesn't have", rules.initial_database, put(CLUSTER, DatabaseName="postgres")
    ),
]
