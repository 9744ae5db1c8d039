"""RDS for PostgreSQL, MySQL and MariaDB: as the Aurora cluster, on one instance with a standby in another zone."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database import acknowledged
from keyless_aurora.database.database import MASTER, undeclared, unfit_names
from keyless_aurora.database.master import REPLACED, set_login
from keyless_aurora.database.options import audit_option
from keyless_aurora.database.parameters import Parameters, log_exports
from keyless_aurora.database.protection import (
    data_key,
    insights,
    monitoring,
)
from keyless_aurora.engines.matrix import MARIADB, MYSQL
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.database import InstanceSettings


class KeylessInstance(Construct):
    """One instance, with a standby when `multi_az`, encrypted with a key of its own.

    Raises:
        SpecError: as KeylessCluster.
    """

    is_cluster, master = False, MASTER

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        spec: AccessSpec,
        network: Network,
        settings: InstanceSettings,
        logs: LogGroups,
    ) -> None:
        super().__init__(scope, id)
        self.engine, self.port = settings.engine, settings.engine.family.port
        engine, exports = _engine(settings), log_exports(settings.engine, settings.protection)
        if problems := [*unfit_names(spec, MASTER), *undeclared(spec, settings.initial_database)]:
            raise SpecError(problems)
        protection, key, self.identifier = settings.protection, data_key(self, settings.protection), name
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description="RDS instance")
        # A fixed name, because the log groups must be there, with their retention, before the instance creates them.
        log_groups = [logs.group(self, f"Log-{export}", f"/aws/rds/instance/{name}/{export}") for export in exports]
        self.instance = rds.DatabaseInstance(
            self,
            "Instance",
            instance_identifier=name,
            engine=engine,
            port=self.port,
            credentials=REPLACED,
            instance_type=ec2.InstanceType(settings.capacity.instance_class),
            multi_az=settings.multi_az,
            database_name=settings.initial_database,
            iam_authentication=True,
            storage_type=rds.StorageType.GP3,
            allocated_storage=settings.storage_gib,
            max_allocated_storage=settings.max_storage_gib,
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
            option_group=audit_option(self, of=settings.engine, engine=engine, protection=protection),
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
            security_groups=[self.security_group.group],
            publicly_accessible=False,
            **insights(protection, key),
            **monitoring(self, protection),
            backup_retention=cdk.Duration.days(protection.backup_days),
            preferred_backup_window=protection.backup_window,
            preferred_maintenance_window=protection.maintenance_window,
            auto_minor_version_upgrade=protection.minor_upgrades,
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            cloudwatch_logs_exports=list(exports),
            deletion_protection=protection.deletion_protection,
            removal_policy=protection.removal_policy,
        )
        self.instance.node.add_dependency(*log_groups)
        resource = cast(rds.CfnDBInstance, self.instance.node.default_child)
        self.master_secret = set_login(self, resource, settings)
        acknowledged.of_protection(self.instance, protection)
        acknowledged.of_mysql(self.instance, self.engine, protection)
        acknowledged.of_port(self.instance)
        acknowledged.of_zone(self.instance, multi_az=settings.multi_az)

    @property
    def resource_id(self) -> str:
        return str(self.instance.instance_resource_id)

    @property
    def endpoint(self) -> str:
        return self.instance.db_instance_endpoint_address

    def proxy_target(self) -> rds.ProxyTarget:
        return rds.ProxyTarget.from_instance(self.instance)


def _engine(settings: InstanceSettings) -> rds.IInstanceEngine:
    """By its own version: the library's list of versions is older than RDS's."""
    version, major = settings.version, settings.engine.major(settings.version)
    if settings.engine == MYSQL:
        return rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.of(version, major))
    if settings.engine == MARIADB:
        return rds.DatabaseInstanceEngine.maria_db(version=rds.MariaDbEngineVersion.of(version, major))
    return rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.of(version, major))
