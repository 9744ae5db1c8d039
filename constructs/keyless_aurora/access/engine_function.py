"""The functions of the engine, which log in to the database itself: bootstrap, drift watch and rotation."""

from aws_cdk import Duration
from constructs import Construct

from keyless_aurora.database.database import Database
from keyless_aurora.database.user import connect_statement
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import open_path
from keyless_aurora.network.vpc import Network

_TIMEOUT = Duration.minutes(3)
_MEMORY_MIB = 1024
"""For tens of thousands of users; Lambda gives processor time by memory, too."""


class EngineFunction(VpcFunction):
    """A function of the engine's bundle that connects to the database, not the proxy, with an IAM token: as the master,
    or as `user`.

    `sessions`: how many it holds at once at most, for the connection budget. `reserved`: whether Lambda sees to it;
    without, the callers do: CloudFormation, one schedule a database, one rotation a secret.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        description: str,
        network: Network,
        database: Database,
        bundle: PythonBundle,
        client: ClientLayer,
        logs: LogGroups,
        sessions: int,
        reserved: bool,
        user: str | None = None,
    ) -> None:
        self.sessions = sessions
        super().__init__(
            scope,
            id,
            network=network,
            logs=logs,
            timeout=_TIMEOUT,
            description=description,
            memory_mib=_MEMORY_MIB,
            max_concurrency=sessions if reserved else None,
            code=bundle.code(client.platform),
            handler=handler,
            layers=[client.of(scope)],
            environment={
                "PGHOST": database.endpoint,
                "PGPORT": str(database.port),
                "PGUSER": user or database.master,
                "DB_CLUSTER_RESOURCE_ID": database.resource_id,
            },
        )
        self.role.add_to_policy(connect_statement(self, database.resource_id, [user or database.master]))
        open_path(
            self,
            "ToDatabase",
            source=self.security_group,
            target=database.security_group,
            port=database.port,
            description=f"{description} to database",
        )
