"""The two roles of a task: its own, and that of the agent which starts it."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge, acknowledge_inline


def task_role(scope: Construct, id: str, *, description: str) -> iam.Role:
    """A role that ECS takes for tasks of this account and region only (ECS Developer Guide, "Task IAM role"), and that
    may do nothing yet."""
    stack = Stack.of(scope)
    tasks = stack.format_arn(service="ecs", resource="*", arn_format=ArnFormat.NO_RESOURCE_NAME)
    only = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": tasks}}
    role = iam.Role(
        scope,
        id,
        assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com", conditions=only),
        description=description,
    )
    acknowledge_inline(role)
    return role


def agents_role(scope: Construct, id: str, *, description: str) -> iam.Role:
    """For who pulls the image and writes the log: what the task's code never gets. The image and the log add their own
    ARNs to it."""
    role = task_role(scope, id, description=description)
    acknowledge(
        role,
        NAG + "IAM5[Resource::*]",
        "ecr:GetAuthorizationToken knows no narrower resource (Service Authorization Reference); pulling is allowed "
        "from the image's own repository. The task's code doesn't have this role.",
    )
    return role
