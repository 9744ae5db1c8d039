"""The pipeline stack of an environment, in an account that has the OIDC provider: ministack lacks the type.

Context: `changed` gives it another branch.
"""

import dataclasses

import aws_cdk as cdk

from keyless_aurora.settings.repository import Repository
from keyless_aurora.stacks.pipeline import PipelineStack
from tests.app.environments import DEV

app = cdk.App()
branch = "release" if app.node.try_get_context("changed") else "main"
PipelineStack(
    app,
    dataclasses.replace(DEV, region="us-east-1"),
    repository=Repository("acme@1/aurora@2", branch=branch, provider_exists=True),
    stacks=[],
)
app.synth()
