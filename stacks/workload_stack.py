"""A sample to copy from: two functions that use the database, each as a user of its own."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from keyless_aurora.network import IsolatedNetwork
from keyless_aurora.proxy_access import ProxyAccess
from keyless_aurora.vpc_function import VpcFunction
from stacks.environments import Environment

_SAMPLE = Path(__file__).parents[1] / "sample"


class WorkloadStack(cdk.Stack):
    def __init__(self, scope: Construct, environment: Environment, *, network: IsolatedNetwork, access: ProxyAccess) -> None:
        super().__init__(scope, f"{environment.prefix}-workload", env=environment.target,
                         description="Keyless Aurora: sample functions")
        self._environment, self._network = environment, network
        migrator = self._function("Migrator", folder="migrator", timeout=cdk.Duration.minutes(1))
        access.grant(migrator, user="migrator", database="app")
        writer = self._function("Writer", folder="writer", timeout=cdk.Duration.seconds(15))
        access.grant(writer, user="lambda_writer", database="app")

    def _function(self, id: str, *, folder: str, timeout: cdk.Duration) -> VpcFunction:
        function = VpcFunction(
            self, id, vpc=self._network.vpc, logs=self._environment.logs, description=f"{id} function", timeout=timeout,
            code=lambda_.Code.from_asset(str(_SAMPLE / folder), exclude=["**/__pycache__", "**/*.pyc"]), handler="handler.handler")
        cdk.CfnOutput(self, f"{id}FunctionName", value=function.function.function_name)
        return function
