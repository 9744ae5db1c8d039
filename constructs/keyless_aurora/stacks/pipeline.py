"""The roles that the GitHub workflows of this repository take. Deployed by hand once, and from then on by
themselves."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from keyless_aurora.pipeline.deploy_role import DeployRole, DiffRole, GitHubProvider
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.repository import Repository


class PipelineStack(cdk.Stack):
    def __init__(
        self, scope: Construct, environment: Environment, *, repository: Repository, stacks: Sequence[str]
    ) -> None:
        """`stacks`: the names of the environment's other stacks, which a pull request is compared with."""
        super().__init__(
            scope,
            f"{environment.prefix}-pipeline",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: roles of the GitHub workflows",
        )
        provider = GitHubProvider(self, "GitHub", repository=repository)
        deploy = DeployRole(
            self,
            "Deploy",
            provider=provider,
            repository=repository,
            environment=environment.name,
            qualifier=environment.bootstrap_qualifier,
        )
        diff = DiffRole(self, "Diff", provider=provider, repository=repository, stacks=[*stacks, self.stack_name])
        cdk.CfnOutput(self, "DeployRoleArn", value=deploy.role.role_arn)
        cdk.CfnOutput(self, "DiffRoleArn", value=diff.role.role_arn)
