"""The roles that the GitHub workflows of this repository take. Deployed by hand once, and from then on by
themselves."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from keyless_aurora.pipeline.deploy_role import DeployRole, DiffRole, GitHubProvider, Repository
from keyless_aurora.settings.error import SettingsError
from stacks.environments import Environment


class PipelineStack(cdk.Stack):
    def __init__(
        self, scope: Construct, environment: Environment, *, repository: Repository, stacks: Sequence[str]
    ) -> None:
        """`stacks`: the names of the environment's other stacks, which a pull request is compared with.

        Raises:
            SettingsError: when `repository` isn't exactly one repository and branch.
        """
        if problems := list(repository.problems()):
            raise SettingsError(environment.name, problems)
        super().__init__(
            scope,
            f"{environment.prefix}-pipeline",
            env=environment.target,
            termination_protection=environment.protected,
            description="Keyless Aurora: roles of the GitHub workflows",
        )
        provider = GitHubProvider(self, "GitHub", repository=repository)
        deploy = DeployRole(self, "Deploy", provider=provider, repository=repository, environment=environment.name)
        diff = DiffRole(self, "Diff", provider=provider, repository=repository, stacks=[*stacks, self.stack_name])
        cdk.CfnOutput(self, "DeployRoleArn", value=deploy.role.role_arn)
        cdk.CfnOutput(self, "DiffRoleArn", value=diff.role.role_arn)
