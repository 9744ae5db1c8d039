"""A sample to copy from: two functions that use the database, each as a user of its own."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.functions.egress import open_egress
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.environment import Environment

_SAMPLE = Path(__file__).parents[1] / "sample"


@settings
class Sample:
    """A function: where its code is, and as whom it logs in."""

    folder: str
    user: str
    timeout_seconds: int


FUNCTIONS = {"Migrator": Sample("migrator", "migrator", 60), "Writer": Sample("writer", "lambda_writer", 15)}
"""By the name that the environments' `workloads` know."""


class WorkloadStack(cdk.Stack):
    def __init__(
        self, scope: Construct, environment: Environment, *, network: Network, access: ClientAccess, logs: LogGroups
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-workload",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: sample functions",
        )
        self._environment, self._network, self._logs, self._access = environment, network, logs, access
        for name, sample in FUNCTIONS.items():
            self._function(name, sample)

    def _function(self, id: str, sample: Sample) -> None:
        workload = self._environment.workload(id)
        function = VpcFunction(
            self,
            id,
            network=self._network,
            logs=self._logs,
            description=f"{id} function",
            timeout=cdk.Duration.seconds(sample.timeout_seconds),
            code=lambda_.Code.from_asset(str(_SAMPLE / sample.folder), exclude=["**/__pycache__", "**/*.pyc"]),
            handler="handler.handler",
            max_concurrency=workload.max_concurrency,
        )
        open_egress(function, self._network, workload.egress)
        self._access.grant(function, user=sample.user, database="app", pattern=workload.pattern, reader=workload.reader)
        cdk.CfnOutput(self, f"{id}FunctionName", value=function.function.function_name)
