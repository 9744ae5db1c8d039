"""RDS for SQL Server, Oracle and Db2: TLS only, encrypted and private as the other databases, and with users whom no
engine of this project makes.

Level 1, because the library's construct knows neither Db2 nor a master's secret that RDS makes.
"""

from typing import Final

from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database import acknowledged
from keyless_aurora.database.database import MASTER, MasterSecret, undeclared, unfit_names
from keyless_aurora.database.master import masters_key
from keyless_aurora.database.protection import data_key, monitoring
from keyless_aurora.database.transport import LOGS, encrypted_listener, parameter_group
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.database import SecretInstanceSettings

NOBODY: Final = (
    "No engine of this project makes, changes or checks the users of {engine}: whoever administers it makes them and "
    "their rights, with the passwords of their secrets, and rotates these; no access is proven and no drift is seen"
)
"""The honest line: an output of the database's stack, and printed by each synth."""
_LONGEST: Final = 8
"""Of Oracle's SID, and of Db2's database: CreateDBInstance, DBName."""
_STANDARD, _ADVANCED = 7, 465
"""Days of Database Insights' two modes."""


class SecretInstance(Construct):
    """One instance, with a standby when `multi_az`, encrypted with a key of its own. Its master has a secret that RDS
    makes and rotates, and that nobody of the stacks may read.

    Raises:
        SpecError: when a role of the spec is named like the master, a user brings a secret, or the database that it is
            created with isn't one of the spec, or has a name that RDS doesn't take.
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
        settings: SecretInstanceSettings,
        logs: LogGroups,
    ) -> None:
        super().__init__(scope, id)
        self.engine, self.port, self.identifier = settings.engine, settings.engine.family.port, name
        if problems := [*unfit_names(spec, MASTER), *_unfit(spec, settings)]:
            raise SpecError(problems)
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description="RDS instance")
        # A fixed name, because the log groups must be there, with their retention, before the instance creates them.
        exports = LOGS[settings.engine.family]
        groups = [logs.group(self, f"Log-{export}", f"/aws/rds/instance/{name}/{export}") for export in exports]
        self.instance = self._instance(settings, spec, network)
        for group in groups:
            self.instance.node.add_dependency(group)
        protection = settings.protection
        acknowledged.of_protection(self.instance, protection)
        acknowledged.of_port_where_found(self.instance, settings.engine.family)
        acknowledged.of_zone(self.instance, multi_az=settings.multi_az)

    @property
    def resource_id(self) -> str:
        return self.instance.attr_dbi_resource_id

    @property
    def endpoint(self) -> str:
        return self.instance.attr_endpoint_address

    def proxy_target(self) -> rds.ProxyTarget:
        """Raises LookupError: no pattern that it has goes through a proxy."""
        raise LookupError(f"{self.engine.label} has no proxy here; allowed: pattern D")

    def _instance(self, settings: SecretInstanceSettings, spec: AccessSpec, network: Network) -> rds.CfnDBInstance:
        protection, family = settings.protection, settings.engine.family
        key, masters = data_key(self, protection), masters_key(self, protection)
        options = encrypted_listener(self, settings, self.security_group.group)
        watched = monitoring(self, protection)
        subnets = rds.SubnetGroup(
            self,
            "Subnets",
            description="Subnets of the database",
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
        )
        instance = rds.CfnDBInstance(
            self,
            "Instance",
            db_instance_identifier=self.identifier,
            engine=settings.id,
            engine_version=settings.version,
            license_model=settings.license_model.value,
            port=str(family.listener),
            master_username=MASTER,
            manage_master_user_password=True,
            master_user_secret=rds.CfnDBInstance.MasterUserSecretProperty(kms_key_id=masters.key_arn),
            db_instance_class=f"db.{settings.capacity.instance_class}",
            multi_az=settings.multi_az,
            db_name=_database(spec, settings) or None,
            storage_type="gp3",
            allocated_storage=str(settings.storage_gib),
            max_allocated_storage=settings.max_storage_gib,
            storage_encrypted=True,
            kms_key_id=key.key_arn,
            db_parameter_group_name=parameter_group(self, settings).ref,
            option_group_name=options.ref if options else None,
            db_subnet_group_name=subnets.subnet_group_name,
            vpc_security_groups=[self.security_group.group.security_group_id],
            publicly_accessible=False,
            monitoring_interval=protection.monitoring_seconds if watched else None,
            monitoring_role_arn=watched["monitoring_role"].role_arn if watched else None,
            backup_retention_period=protection.backup_days,
            preferred_backup_window=protection.backup_window,
            preferred_maintenance_window=protection.maintenance_window,
            auto_minor_version_upgrade=protection.minor_upgrades,
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            enable_cloudwatch_logs_exports=list(LOGS[family]),
            deletion_protection=protection.deletion_protection,
        )
        if settings.insights:
            instance.enable_performance_insights = True
            instance.performance_insights_retention_period = _ADVANCED if protection.advanced_insights else _STANDARD
            instance.performance_insights_kms_key_id = key.key_arn
            instance.database_insights_mode = "advanced" if protection.advanced_insights else "standard"
        instance.apply_removal_policy(protection.removal_policy)
        self.master_secret: MasterSecret = MasterSecret(instance.attr_master_user_secret_secret_arn, masters)
        return instance


def _database(spec: AccessSpec, settings: SecretInstanceSettings) -> str:
    """The one that it is created with; none for SQL Server."""
    return (settings.initial_database or spec.databases[0].name) if settings.named else ""


def _unfit(spec: AccessSpec, settings: SecretInstanceSettings) -> list[str]:
    name = _database(spec, settings)
    brought = [i for i, user in enumerate(spec.users) if user.password_secret is not None]
    problems = [
        f"users[{i}].password_secret: of {settings.engine.label} only this app's own secrets are handed to functions; "
        "allowed: none"
        for i in brought
    ]
    if name and not (len(name) <= _LONGEST and name.isalnum() and name.isascii() and name[0].isalpha()):
        problems.append(
            f"databases: {settings.engine.label} can't be created with {name!r}; allowed: a letter and up to "
            f"{_LONGEST - 1} letters and digits, or another `initial_database` of the settings"
        )
    return [*problems, *(undeclared(spec, name) if name else ())]
