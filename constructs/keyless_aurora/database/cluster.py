"""Aurora without a password of anybody's choice: every login is an IAM token over TLS; on MySQL the master's alone is a
secret that RDS manages."""

from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database import acknowledged
from keyless_aurora.database.database import MASTER, undeclared, unfit_names
from keyless_aurora.database.master import REPLACED, set_login
from keyless_aurora.database.parameters import Parameters, log_exports
from keyless_aurora.database.protection import (
    data_key,
    insights,
    instance_insights,
    monitoring,
)
from keyless_aurora.engines.family import Family
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.database import AuroraSettings, Provisioned, Serverless


class KeylessCluster(Construct):
    """A writer and readers, Serverless v2 or of one instance class, encrypted with a key of their own.

    Raises:
        SpecError: when a role of the spec is named like the master, or the cluster's first database is not declared.
    """

    is_cluster, master = True, MASTER

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        spec: AccessSpec,
        network: Network,
        settings: AuroraSettings,
        logs: LogGroups,
    ) -> None:
        super().__init__(scope, id)
        self.engine, self.port = settings.engine, settings.engine.family.port
        engine, exports = _engine(settings), log_exports(settings.engine, settings.protection)
        if problems := [*unfit_names(spec, MASTER), *undeclared(spec, settings.initial_database)]:
            raise SpecError(problems)
        protection, key, self.identifier = settings.protection, data_key(self, settings.protection), name
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description="Aurora cluster")
        # A fixed name, because the log groups must be there, with their retention, before the cluster creates them.
        log_groups = [logs.group(self, f"Log-{export}", f"/aws/rds/cluster/{name}/{export}") for export in exports]
        self.cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            cluster_identifier=name,
            engine=engine,
            port=self.port,
            credentials=REPLACED,
            default_database_name=settings.initial_database,
            iam_authentication=True,
            storage_encrypted=True,
            storage_encryption_key=key,
            parameter_group=Parameters(
                self,
                "Parameters",
                of=settings.engine,
                engine=engine,
                protection=protection,
                max_connections=settings.max_connections,
            ),
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
            security_groups=[self.security_group.group],
            **_capacity(settings, key),
            **insights(protection, key),
            **_monitoring(self, settings),
            backup=rds.BackupProps(
                retention=cdk.Duration.days(protection.backup_days), preferred_window=protection.backup_window
            ),
            preferred_maintenance_window=protection.maintenance_window,
            copy_tags_to_snapshot=True,
            cloudwatch_logs_exports=list(exports),
            deletion_protection=protection.deletion_protection,
            removal_policy=protection.removal_policy,
        )
        self.cluster.node.add_dependency(*log_groups)
        resource = cast(rds.CfnDBCluster, self.cluster.node.default_child)
        self.master_secret = set_login(self, resource, settings)
        acknowledged.of_protection(self.cluster, protection)
        acknowledged.of_members(self.cluster, protection)
        acknowledged.of_mysql(self.cluster, self.engine, protection)
        if self.engine.family is Family.MYSQL:
            acknowledged.of_port(self.cluster)

    @property
    def resource_id(self) -> str:
        return self.cluster.cluster_resource_identifier

    @property
    def endpoint(self) -> str:
        return self.cluster.cluster_endpoint.hostname

    def proxy_target(self) -> rds.ProxyTarget:
        return rds.ProxyTarget.from_cluster(self.cluster)


def _capacity(settings: AuroraSettings, key: kms.IKey) -> dict[str, Any]:
    ids = [f"Reader{number or ''}" for number in range(settings.readers)]
    common: dict[str, Any] = {
        "publicly_accessible": False,
        "auto_minor_version_upgrade": settings.protection.minor_upgrades,
        **instance_insights(settings.protection, key),
    }
    match settings.capacity:
        case Serverless(min_acu=low, max_acu=high):
            return {
                "serverless_v2_min_capacity": low,
                "serverless_v2_max_capacity": high,
                "writer": rds.ClusterInstance.serverless_v2("Writer", **common),
                "readers": [
                    rds.ClusterInstance.serverless_v2(id, scale_with_writer=not n, **common) for n, id in enumerate(ids)
                ],
            }
        case Provisioned(instance_class=name):
            kind: dict[str, Any] = {"instance_type": ec2.InstanceType(name), **common}
            return {
                "writer": rds.ClusterInstance.provisioned("Writer", **kind),
                "readers": [rds.ClusterInstance.provisioned(id, **kind) for id in ids],
            }


def _monitoring(scope: Construct, settings: AuroraSettings) -> dict[str, Any]:
    found = monitoring(scope, settings.protection)
    return {**found, "enable_cluster_level_enhanced_monitoring": True} if found else {}


def _engine(settings: AuroraSettings) -> rds.IClusterEngine:
    """By its own version: the library's list of versions is older than RDS's."""
    version, major = settings.version, settings.engine.major(settings.version)
    if settings.engine.family is Family.MYSQL:
        return rds.DatabaseClusterEngine.aurora_mysql(version=rds.AuroraMysqlEngineVersion.of(version, major))
    return rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.of(version, major))
