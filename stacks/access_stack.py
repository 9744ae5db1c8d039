"""The access spec, carried out in the database by the bootstrap function."""

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from keyless_aurora.bundling import PythonBundle
from keyless_aurora.client_layer import ClientLayer
from keyless_aurora.database import Database
from keyless_aurora.database_access import DatabaseAccess, MasterFunction
from keyless_aurora.log_keeping import LogKeeping
from keyless_aurora.network import Network
from keyless_aurora.user_secrets import UserSecrets
from stacks.environments import Environment


class AccessStack(cdk.Stack):
    def __init__(self, scope: Construct, environment: Environment, *, spec: AccessSpec, network: Network, database: Database,
                 secrets: UserSecrets | None, bootstrap: PythonBundle, client: ClientLayer, logs: LogKeeping) -> None:
        super().__init__(scope, f"{environment.prefix}-access", env=environment.target,
                         termination_protection=environment.protected,
                         description="Keyless Aurora: databases, schemas, users and grants")
        self.function = MasterFunction(
            self, "Bootstrap", handler="db_access.handler.on_event", description="Bootstrap function", network=network,
            database=database, bundle=bootstrap, client=client, logs=logs, max_concurrency=2)
        DatabaseAccess(self, "Access", spec=spec, database=database, secrets=secrets, function=self.function, logs=logs)
        cdk.CfnOutput(self, "BootstrapFunctionName", value=self.function.function.function_name)
