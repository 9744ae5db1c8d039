"""What the drift watch says of each run, handed on to an event bus of another account, where all accounts' come
together.

Lambda puts it on the default bus already: a rule hands it on, so that the function needs no right and no network path
for this.
"""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import acknowledge_inline


class FindingsBus(Construct):
    """Each run's record goes there as it is: with what was found, none included, or why it failed. `rule`: the name."""

    def __init__(self, scope: Construct, id: str, *, function_arn: str, bus_arn: str) -> None:
        super().__init__(scope, id)
        role = _role(self, bus_arn)
        rule = events.CfnRule(
            self,
            "Rule",
            description="What the drift watch says, handed on to the bus of another account",
            event_pattern={
                "source": ["lambda"],
                "detail": {"requestContext": {"functionArn": [function_arn, f"{function_arn}:$LATEST"]}},
            },
            targets=[events.CfnRule.TargetProperty(id="Bus", arn=bus_arn, role_arn=role.role_arn)],
        )
        rule.node.add_dependency(role)  # and what it may do
        self.rule = rule.ref


def _role(scope: Construct, bus_arn: str) -> iam.Role:
    """Trusted with no condition, as in AWS's examples of a bus in another account: none says that EventBridge sends
    aws:SourceAccount here. A role is passed within its account only (IAM User Guide, iam:PassRole)."""
    role = iam.Role(
        scope,
        "Role",
        description="EventBridge hands on with it what the drift watch says",
        assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
    )
    role.add_to_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus_arn]))
    acknowledge_inline(role)
    return role
