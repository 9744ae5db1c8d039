"""The app with an account, a repository and a stack of somebody's own, as docs/gates.md says how, with a nested one. Run
by test_synth."""

import dataclasses

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

import app
from checks.allowed import own
from keyless_aurora.settings.repository import Repository
from stacks.environments import ENVIRONMENTS, PROD

ENVIRONMENT = dataclasses.replace(
    PROD, account="111122223333", repository=Repository("owner@1/name@2", provider_exists=True)
)


def add_stack(composed: cdk.App) -> None:
    stack = cdk.Stack(
        composed,
        f"{ENVIRONMENT.prefix}-reports",
        env=ENVIRONMENT.target,
        synthesizer=ENVIRONMENT.synthesizer,
        termination_protection=ENVIRONMENT.protected,
    )
    cloudwatch.CfnDashboard(cdk.NestedStack(stack, "Charts"), "Dashboard", dashboard_body="{}")


if __name__ == "__main__":
    ENVIRONMENTS["prod"] = ENVIRONMENT
    own.TYPES["reports"] = frozenset({"AWS::CloudFormation::Stack"})
    composed = cdk.App()
    app.compose(composed)
    add_stack(composed)
    composed.synth()
