"""A Python function inside the network that can do nothing yet: rights and paths are granted one by one."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from keyless_aurora.acknowledge import NAG, NIST, acknowledge, acknowledge_inline
from keyless_aurora.functions.platform import ARCHITECTURE, RUNTIME
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network

# AWSLambdaVPCAccessExecutionRole, version 3, without its rights on logs.
_INTERFACE_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


class VpcFunction(Construct):
    """A function with its own role, log group and closed security group.

    Its role lets the Lambda service attach it to the network and write its own log, and nothing else.
    `max_concurrency` is reserved for it, and its limit: how many sessions it can open at once.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        code: lambda_.Code,
        handler: str,
        description: str,
        logs: LogGroups,
        timeout: Duration,
        memory_mib: int = 256,
        environment: Mapping[str, str] | None = None,
        layers: Sequence[lambda_.ILayerVersion] = (),
        max_concurrency: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.max_concurrency = max_concurrency
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description=description)
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=description
        )
        self.log_group = logs.group(self, "Logs")
        self.log_group.grant_write(self.role)
        self._allow_interfaces()
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=code,
            handler=handler,
            description=description,
            role=self.role,
            log_group=self.log_group,
            timeout=timeout,
            memory_size=memory_mib,
            environment=dict(environment or {}),
            layers=list(layers),
            reserved_concurrent_executions=max_concurrency,
            vpc=network.vpc,
            vpc_subnets=network.workload_subnets,
            security_groups=[self.security_group.group],
        )
        self._deny_interfaces_to_code()
        acknowledge(
            self.function,
            NIST + "LambdaDLQ",
            "A dead-letter queue takes failed asynchronous calls. This function's callers wait "
            "for its answer; who calls it without waiting gives it a destination for failures.",
        )
        if max_concurrency is None:
            acknowledge(
                self.function,
                NIST + "LambdaConcurrency",
                "The environment reserves nothing for it: reserving takes from what "
                "the account's other functions may use.",
            )

    def _allow_interfaces(self) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=list(_INTERFACE_ACTIONS), resources=["*"]))
        acknowledge(
            self.role,
            NAG + "IAM5[Resource::*]",
            "The Lambda service needs these six actions to attach the function to the VPC; "
            "the interfaces don't exist yet and most of the actions know no narrower resource. "
            "The function's own code is denied all of them.",
        )
        acknowledge_inline(self.role)

    def _deny_interfaces_to_code(self) -> None:
        # A policy beside the role's own: the function waits for that one, and this one names the function.
        denial = iam.Policy(
            self,
            "NoInterfacesForCode",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    effect=iam.Effect.DENY,
                    actions=list(_INTERFACE_ACTIONS),
                    resources=["*"],
                    conditions={"ArnEquals": {"lambda:SourceFunctionArn": self.function.function_arn}},
                )
            ],
        )
        acknowledge_inline(denial)
