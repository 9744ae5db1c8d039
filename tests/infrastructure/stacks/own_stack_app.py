"""The app with an account, a repository and a stack of somebody's own, as docs/gates.md says how, with a nested one. Run
by test_synth."""

import dataclasses
import sys

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from keyless_aurora.app import KeylessApp, run
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.repository import Repository
from keyless_aurora.stacks.foundation import Foundation
from keyless_checks.reading.own import Own
from tests.app import app
from tests.app.environments import PROD

ENVIRONMENT = dataclasses.replace(
    PROD, account="111122223333", repository=Repository("owner@1/name@2", provider_exists=True)
)


def reports(scope: Construct, environment: Environment, _: Foundation) -> cdk.Stack:
    stack = cdk.Stack(
        scope,
        f"{environment.prefix}-reports",
        env=environment.target,
        synthesizer=environment.synthesizer,
        termination_protection=environment.protected,
    )
    cloudwatch.CfnDashboard(cdk.NestedStack(stack, "Charts"), "Dashboard", dashboard_body="{}")
    return stack


def with_reports() -> KeylessApp:
    return dataclasses.replace(
        app.app(),
        declared={"prod": ENVIRONMENT},
        stacks=[*app.app().stacks, reports],
        own=Own(types={"reports": {"AWS::CloudFormation::Stack"}}),
    )


if __name__ == "__main__":
    sys.exit(run(with_reports))
