"""The one stack of a verify. It holds nothing but functions and their code: what they may do is what the deployed
functions may do, by the same roles, subnets and security groups."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from keyless_aurora.acknowledge import NIST, acknowledge
from keyless_aurora.functions.own_bundles import PROBE
from keyless_aurora.functions.platform import ARCHITECTURE, RUNTIME, LambdaPlatform
from keyless_aurora.verify.plan import Plan, Probe

_TIMEOUT_SECONDS = 120
_MEMORY_MIB = 512


class VerifyStack(cdk.Stack):
    def __init__(self, scope: Construct, plan: Plan, platform: LambdaPlatform) -> None:
        super().__init__(
            scope,
            f"{plan.prefix}-verify",
            env=cdk.Environment(account=plan.account or None, region=plan.region),
            synthesizer=cdk.DefaultStackSynthesizer(qualifier=plan.qualifier),
            description="TEMPORARY: probes of `keyless verify`, with the roles of deployed functions. It removes them; "
            "if no verify is running, delete this stack.",
            tags={
                "keyless:temporary": "verify",
                "keyless:verify-run": plan.run,
            },  # CloudFormation gives them to all in it
        )
        code = PROBE.code(platform)
        for probe in plan.probes:
            self._function(probe, code)

    def _function(self, probe: Probe, code: lambda_.Code) -> None:
        location = code.bind(self).s3_location
        if location is None:
            raise TypeError("a probe's code is an asset")
        function = lambda_.CfnFunction(
            self,
            probe.name,
            role=probe.role_arn,
            description=f"TEMPORARY: tries what {probe.name} may and may not do",
            runtime=RUNTIME.name,
            architectures=[ARCHITECTURE.name],
            handler="keyless_probe.handler.handler",
            code=lambda_.CfnFunction.CodeProperty(s3_bucket=location.bucket_name, s3_key=location.object_key),
            timeout=_TIMEOUT_SECONDS,
            memory_size=_MEMORY_MIB,
            layers=list(probe.layer_arns),
            environment=lambda_.CfnFunction.EnvironmentProperty(variables=dict(probe.environment)),
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=probe.log_group),
            vpc_config=lambda_.CfnFunction.VpcConfigProperty(
                security_group_ids=list(probe.security_group_ids), subnet_ids=list(probe.subnet_ids)
            ),
        )
        acknowledge(function, NIST + "LambdaDLQ", "Whoever verifies waits for its answer.")
        acknowledge(function, NIST + "LambdaConcurrency", "It is there for minutes, and called once at a time.")
        cdk.CfnOutput(self, f"{probe.name}ProbeName", value=function.ref)
