"""The access spec, carried out in the cluster by the bootstrap function."""

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from keyless_aurora.bundling import PythonBundle
from keyless_aurora.client_layer import ClientLayer
from keyless_aurora.cluster import KeylessCluster
from keyless_aurora.database_access import BootstrapFunction, DatabaseAccess
from keyless_aurora.network import IsolatedNetwork
from stacks.environments import Environment


class AccessStack(cdk.Stack):
    def __init__(self, scope: Construct, environment: Environment, *, spec: AccessSpec, network: IsolatedNetwork,
                 cluster: KeylessCluster, bootstrap: PythonBundle, client: ClientLayer) -> None:
        super().__init__(scope, f"{environment.prefix}-access", env=environment.target,
                         description="Keyless Aurora: databases, schemas, users and grants")
        function = BootstrapFunction(
            self, "Bootstrap", vpc=network.vpc, security_group=network.bootstrap_group, cluster=cluster,
            bundle=bootstrap, client=client, logs=environment.logs)
        DatabaseAccess(self, "Access", spec=spec, cluster=cluster, function=function, logs=environment.logs)
        cdk.CfnOutput(self, "BootstrapFunctionName", value=function.function.function_name)
