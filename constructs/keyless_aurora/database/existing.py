"""A database that exists already: only what is around it is made."""

from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database.database import unfit_names
from keyless_aurora.network.security_group import ExistingSecurityGroup
from keyless_aurora.settings.database import ExistingDatabase


class ImportedDatabase(Construct):
    """The database that `settings` describe, by its ids.

    Raises:
        SpecError: when a role of the spec is named like the master.
    """

    def __init__(self, scope: Construct, id: str, *, spec: AccessSpec, settings: ExistingDatabase) -> None:
        super().__init__(scope, id)
        if problems := [*unfit_names(spec, settings.master)]:
            raise SpecError(problems)
        self._settings = settings
        self.engine, self.is_cluster, self.identifier = settings.engine, settings.is_cluster, settings.identifier
        self.endpoint, self.port, self.master = settings.endpoint, settings.port, settings.master
        self.resource_id = settings.resource_id
        self.security_group = ExistingSecurityGroup(self, "Group", settings.security_group_id)

    def proxy_target(self) -> rds.ProxyTarget:
        there = self._settings
        if there.is_cluster:
            return rds.ProxyTarget.from_cluster(
                rds.DatabaseCluster.from_database_cluster_attributes(
                    self,
                    "Cluster",
                    cluster_identifier=there.identifier,
                    cluster_resource_identifier=there.resource_id,
                    port=there.port,
                    security_groups=[self.security_group.group],
                    engine=rds.DatabaseClusterEngine.AURORA_POSTGRESQL,
                )
            )
        return rds.ProxyTarget.from_instance(
            rds.DatabaseInstance.from_database_instance_attributes(
                self,
                "Instance",
                instance_identifier=there.identifier,
                instance_resource_id=there.resource_id,
                instance_endpoint_address=there.endpoint,
                port=there.port,
                security_groups=[self.security_group.group],
                engine=rds.DatabaseInstanceEngine.POSTGRES,
            )
        )
