"""Aurora PostgreSQL without a password: every login, the master's included, is an IAM token over TLS."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.acknowledge import NAG, acknowledge
from keyless_aurora.database_user import pattern_problem
from keyless_aurora.log_keeping import LogKeeping
from keyless_aurora.security_group import DATABASE_PORT, ClosedSecurityGroup

MASTER = "keyless_master"
_LOG_EXPORTS = ("postgresql", "iam-db-auth-error")
_ENGINE = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_17_9)
_PARAMETERS = {
    "rds.force_ssl": "1",
    "log_connections": "1",  # CloudTrail doesn't record IAM logins: these lines are the audit trail
    "log_disconnections": "1",
    "log_statement": "ddl",
    "log_min_duration_statement": "1000",
}


@dataclass(frozen=True)
class ClusterSettings:
    """What differs between environments."""

    min_acu: float
    max_acu: float
    deletion_protection: bool
    backup_days: int
    removal_policy: cdk.RemovalPolicy
    initial_database: str = "app"
    """The database that the cluster is created with, which the spec must declare. Another name would replace the cluster."""


class KeylessCluster(Construct):
    """A Serverless v2 cluster, writer and one reader, encrypted with its own key.

    Raises:
        SpecError: when a role of the spec is named like the master, a user in a way that no policy can name, or the cluster's
            first database is not declared.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, spec: AccessSpec, vpc: ec2.IVpc,
                 security_group: ClosedSecurityGroup, settings: ClusterSettings, logs: LogKeeping) -> None:
        super().__init__(scope, id)
        if problems := [*_unfit_names(spec), *_initial_database_problem(spec, settings.initial_database)]:
            raise SpecError(problems)
        # A fixed name, because the log groups must be there, with their retention, before the cluster creates them.
        log_groups = [logs.group(self, f"Log-{export}", f"/aws/rds/cluster/{name}/{export}") for export in _LOG_EXPORTS]
        self.cluster = rds.DatabaseCluster(
            self, "Cluster", cluster_identifier=name, engine=_ENGINE, port=DATABASE_PORT,
            default_database_name=settings.initial_database,
            # The construct insists on a password or a secret; `_use_iam_master` takes this one out of the template.
            credentials=rds.Credentials.from_password(MASTER, cdk.SecretValue.unsafe_plain_text("replaced by IAM")),
            iam_authentication=True, storage_encrypted=True, storage_encryption_key=self._key(settings),
            parameter_group=rds.ParameterGroup(self, "Parameters", engine=_ENGINE, parameters=_PARAMETERS),
            vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[security_group.group],
            serverless_v2_min_capacity=settings.min_acu, serverless_v2_max_capacity=settings.max_acu,
            writer=rds.ClusterInstance.serverless_v2("Writer", publicly_accessible=False),
            readers=[rds.ClusterInstance.serverless_v2("Reader", scale_with_writer=True, publicly_accessible=False)],
            backup=rds.BackupProps(retention=cdk.Duration.days(settings.backup_days)), copy_tags_to_snapshot=True,
            cloudwatch_logs_exports=list(_LOG_EXPORTS),
            deletion_protection=settings.deletion_protection, removal_policy=settings.removal_policy)
        self.cluster.node.add_dependency(*log_groups)
        _use_iam_master(self.cluster)
        if not settings.deletion_protection:
            acknowledge(self.cluster, NAG + "RDS10", "This environment is disposable on purpose: `cdk destroy` must work.")

    @property
    def resource_id(self) -> str:
        """`cluster-…`, which IAM policies name it by."""
        return self.cluster.cluster_resource_identifier

    @property
    def endpoint(self) -> str:
        """The writer's host name."""
        return self.cluster.cluster_endpoint.hostname

    def _key(self, settings: ClusterSettings) -> kms.Key:
        # A snapshot without its key can't be restored, so the key goes only where the data goes.
        disposable = settings.removal_policy == cdk.RemovalPolicy.DESTROY
        return kms.Key(self, "Key", enable_key_rotation=True, description="Encrypts the Aurora cluster",
                       removal_policy=cdk.RemovalPolicy.DESTROY if disposable else cdk.RemovalPolicy.RETAIN)


def _use_iam_master(cluster: rds.DatabaseCluster) -> None:
    resource = cast(rds.CfnDBCluster, cluster.node.default_child)
    resource.master_user_authentication_type = "iam-db-auth"
    resource.master_user_password = None
    resource.manage_master_user_password = None
    resource.master_user_secret = None


def _unfit_names(spec: AccessSpec) -> Iterator[str]:
    """Names that no role of this cluster may have, each with its place in the spec."""
    schemas = {f"databases[{i}].schemas[{j}]": schema
               for i, database in enumerate(spec.databases) for j, schema in enumerate(database.schemas)}
    owners = {f"{place}.owner": schema.owner for place, schema in schemas.items()}
    owners |= {f"{place}.creators[{k}]": name for place, schema in schemas.items() for k, name in enumerate(schema.creators)}
    users = {f"users[{i}].username": user.username for i, user in enumerate(spec.users)}
    for place, name in {**owners, **users}.items():
        if name.lower() == MASTER:
            yield f"{place}: {name!r} is the cluster's master user; allowed: any other name"
        if place in users and (problem := pattern_problem(name)):
            yield f"{place}: {problem}"


def _initial_database_problem(spec: AccessSpec, name: str) -> Iterator[str]:
    declared = [database.name for database in spec.databases]
    if name not in declared:
        yield (f"databases: none is named {name!r}, which the cluster is created with (`initial_database` of its settings); "
               f"declared: {', '.join(declared)}")
