"""A database that exists already: only what is around it is made."""

from aws_cdk import Stack, Token
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database.database import unfit_names
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.network.security_group import ExistingSecurityGroup
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.database import ExistingDatabase, database_problems
from keyless_aurora.settings.error import UnfitError


class ImportedDatabase(Construct):
    """The database that `settings` describe, by its ids.

    Raises:
        UnfitError: with each of the ids that isn't valid, or is another region's than the stack's.
        SpecError: when a role of the spec is named like the master.
    """

    def __init__(self, scope: Construct, id: str, *, spec: AccessSpec, settings: ExistingDatabase) -> None:
        super().__init__(scope, id)
        if wrong := [*database_problems(settings, region=_region(self, settings), through_proxy=False)]:
            raise UnfitError("ExistingDatabase", wrong, at=made_at(settings))
        if problems := [*unfit_names(spec, settings.master)]:
            raise SpecError(problems)
        self._settings = settings
        self.engine, self.is_cluster, self.identifier = settings.engine, settings.is_cluster, settings.identifier
        self.endpoint, self.port, self.master = settings.endpoint, settings.listens_on, settings.master
        self.resource_id = settings.resource_id
        self.master_secret = None  # it logs in with IAM
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
                    port=there.listens_on,
                    security_groups=[self.security_group.group],
                    engine=_cluster_engine(there.engine),
                )
            )
        return rds.ProxyTarget.from_instance(
            rds.DatabaseInstance.from_database_instance_attributes(
                self,
                "Instance",
                instance_identifier=there.identifier,
                instance_resource_id=there.resource_id,
                instance_endpoint_address=there.endpoint,
                port=there.listens_on,
                security_groups=[self.security_group.group],
                engine=_instance_engine(there.engine),
            )
        )


def _cluster_engine(engine: Engine) -> rds.IClusterEngine:
    postgresql = engine.family is Family.POSTGRESQL
    return rds.DatabaseClusterEngine.AURORA_POSTGRESQL if postgresql else rds.DatabaseClusterEngine.AURORA_MYSQL


def _instance_engine(engine: Engine) -> rds.IInstanceEngine:
    """A proxy asks it for the family alone, which MySQL and MariaDB share."""
    return (
        rds.DatabaseInstanceEngine.POSTGRES if engine.family is Family.POSTGRESQL else rds.DatabaseInstanceEngine.MYSQL
    )


def _region(scope: Construct, settings: ExistingDatabase) -> str:
    """The stack's; where it names none, the endpoint's own."""
    region = Stack.of(scope).region
    return "".join(settings.endpoint.split(".")[-4:-3]) if Token.is_unresolved(region) else region
