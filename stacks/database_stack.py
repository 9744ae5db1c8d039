"""The cluster and the proxy in front of it."""

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from keyless_aurora.cluster import KeylessCluster
from keyless_aurora.network import IsolatedNetwork
from keyless_aurora.proxy import KeylessProxy
from stacks.environments import Environment


class DatabaseStack(cdk.Stack):
    def __init__(self, scope: Construct, environment: Environment, *, spec: AccessSpec, network: IsolatedNetwork) -> None:
        super().__init__(scope, f"{environment.prefix}-database", env=environment.target,
                         description="Keyless Aurora: cluster and proxy")
        self.cluster = KeylessCluster(
            self, "Database", name=f"keyless-aurora-{environment.name}", spec=spec, vpc=network.vpc,
            security_group=network.cluster_group, settings=environment.cluster, logs=environment.logs)
        self.proxy = KeylessProxy(
            self, "Proxy", cluster=self.cluster, spec=spec, vpc=network.vpc, security_group=network.proxy_group)
        cdk.CfnOutput(self, "ClusterEndpoint", value=self.cluster.endpoint)
        cdk.CfnOutput(self, "ProxyEndpoint", value=self.proxy.endpoint)
