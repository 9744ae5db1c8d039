"""The functions of the engine, which log in to the database itself: bootstrap, drift watch and rotation."""

from aws_cdk import Duration
from constructs import Construct

from keyless_aurora.database.database import Database, MasterSecret
from keyless_aurora.database.user import connect_statement
from keyless_aurora.engines.family import Family
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import open_path
from keyless_aurora.network.vpc import Network
from keyless_aurora.secrets.user_secrets import UserSecrets

_TIMEOUT = Duration.minutes(3)
WAITS_FOR_THE_DATABASE = Duration.minutes(14)
"""For the function that a deploy waits for: a database may be ready ten minutes late (CloudFormation's express mode),
and the provider framework, which waits for the function, has 15."""
_MEMORY_MIB = 1024
"""For tens of thousands of users; Lambda gives processor time by memory, too."""


class EngineFunction(VpcFunction):
    """A function of the engine's bundle that connects to the database, not the proxy, with an IAM token: as the master,
    or as `user`, of the spec.

    Where the master has a secret instead, only the function that has `secrets` is let read it. `as_each`: it logs in as
    the user whose secret it is called for, with what that secret has, and as nobody else.

    `watch`: the user whom the drift watch logs in as. On a server of the MySQL family the function makes what that one
    looks by; PostgreSQL shows everybody its catalogs.

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
        secrets: UserSecrets | None = None,
        as_each: bool = False,
        watch: str | None = None,
        timeout: Duration = _TIMEOUT,
    ) -> None:
        self.sessions, self.user, self.as_each = sessions, user, as_each
        name = None if as_each else user or database.master
        secret = None if user or as_each else database.master_secret
        super().__init__(
            scope,
            id,
            network=network,
            logs=logs,
            timeout=timeout,
            description=description,
            memory_mib=_MEMORY_MIB,
            max_concurrency=sessions if reserved else None,
            code=bundle.code(client.platform),
            handler=handler,
            layers=[client.of(scope)],
            environment=_told(database, name, secret, watch),
        )
        if name and not secret:
            self.role.add_to_policy(connect_statement(self, database.resource_id, [name]))
        if secret and secrets:
            secrets.let_read_master(self, self.role, self.security_group)
        open_path(
            self,
            "ToDatabase",
            source=self.security_group,
            target=database.security_group,
            port=database.port,
            description=f"{description} to database",
        )


def _told(database: Database, user: str | None, secret: MasterSecret | None, watch: str | None) -> dict[str, str]:
    names = database.engine.family.variables
    told = {names.host: database.endpoint, names.port: str(database.port)}
    told |= {names.user: user} if user else {}
    told |= {"DB_MASTER_SECRET_ARN": secret.arn} if secret else {}
    if database.engine.family is not Family.POSTGRESQL:
        told["DB_ENGINE_FAMILY"] = database.engine.family.value  # without it, the engine is PostgreSQL's
        told |= {"WATCH_USER": watch} if watch else {}
    return {**told, "DB_CLUSTER_RESOURCE_ID": database.resource_id}
