"""What a GitHub repository's workflows may do in this account: log in by OIDC, deploy or compare, and nothing else.

No key is stored anywhere: AWS trusts a token that GitHub signs for one job. The subject is compared as a whole, never
by a pattern.
"""

from collections.abc import Iterable

from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge, acknowledge_inline
from keyless_aurora.settings.repository import Repository

HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
_DEPLOY = Duration.minutes(90)
"""As long as the workflow's job may take. The command line takes the bootstrap roles anew when they end, after an hour
at most, and needs this session for it."""
_NEEDED = ("deploy", "file-publishing")
"""Of CDK's bootstrap roles: this app has no images, and looks nothing up."""


class GitHubProvider(Construct):
    """The account's OIDC provider for GitHub Actions, its own or the one that exists."""

    def __init__(self, scope: Construct, id: str, *, repository: Repository) -> None:
        super().__init__(scope, id)
        if repository.provider_exists:
            self.arn = Stack.of(self).format_arn(service="iam", region="", resource="oidc-provider", resource_name=HOST)
        else:
            provider = iam.CfnOIDCProvider(self, "Provider", url=f"https://{HOST}", client_id_list=[AUDIENCE])
            self.arn = provider.attr_arn

    def principal(self, claims: dict[str, str]) -> iam.IPrincipal:
        """Jobs whose token has exactly these claims, and was asked for to log in to AWS."""
        exactly = {f"{HOST}:{claim}": value for claim, value in {"aud": AUDIENCE, **claims}.items()}
        return iam.WebIdentityPrincipal(self.arn, {"StringEquals": exactly})


class DeployRole(Construct):
    """May take the bootstrap roles of this environment that a deploy needs, from one GitHub environment and branch."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        provider: GitHubProvider,
        repository: Repository,
        environment: str,
        qualifier: str,
    ) -> None:
        """`qualifier`: of the environment's bootstrap."""
        super().__init__(scope, id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=provider.principal(repository.deploys(environment)),
            description=f"GitHub Actions: deploys {environment}",
            max_session_duration=_DEPLOY,
        )
        acknowledge_inline(self.role)
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], resources=[self._bootstrap_role(qualifier, kind) for kind in _NEEDED]
            )
        )

    def _bootstrap_role(self, qualifier: str, kind: str) -> str:
        stack = Stack.of(self)
        name = f"cdk-{qualifier}-{kind}-role-{stack.account}-{stack.region}"
        return stack.format_arn(service="iam", region="", resource="role", resource_name=name)


class DiffRole(Construct):
    """May read the templates of `stacks` as they are deployed: all that `cdk diff --method=template` asks for.

    Whoever can push a branch can take this role, so it isn't CDK's lookup role, which reads nearly everything in the
    account.
    """

    def __init__(
        self, scope: Construct, id: str, *, provider: GitHubProvider, repository: Repository, stacks: Iterable[str]
    ) -> None:
        super().__init__(scope, id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=provider.principal(repository.proposes()),
            description="GitHub Actions: compares a pull request with what is deployed",
        )
        acknowledge_inline(self.role)
        names = list(stacks)
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
                resources=[self._stack_arn(name) for name in names],
            )
        )
        for name in names:
            self._acknowledge(name)

    def _stack_arn(self, name: str) -> str:
        return Stack.of(self).format_arn(service="cloudformation", resource="stack", resource_name=f"{name}/*")

    def _acknowledge(self, name: str) -> None:
        account = Stack.of(self).account
        shown = (
            self._stack_arn(name).replace(account, "<AWS::AccountId>")
            if Token.is_unresolved(account)
            else self._stack_arn(name)
        )
        acknowledge(
            self.role,
            f"{NAG}IAM5[Resource::{shown}]",
            "A stack's ARN ends with an id that CloudFormation draws; its name stands in full before it.",
        )
