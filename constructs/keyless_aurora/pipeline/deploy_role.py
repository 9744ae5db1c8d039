"""What a GitHub repository's workflows may do in this account: log in by OIDC, deploy or compare, and nothing else.

No key is stored anywhere: AWS trusts a token that GitHub signs for one job. The subject is compared as a whole, never
by a pattern.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aws_cdk import DefaultStackSynthesizer, Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge, acknowledge_inline

HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*@[0-9]+/[A-Za-z0-9._-]+@[0-9]+")
_BRANCH = re.compile(r"[A-Za-z0-9._/-]+")
_NEEDED = ("deploy", "file-publishing")
"""Of CDK's bootstrap roles: this app has no images, and looks nothing up."""


@dataclass(frozen=True)
class Repository:
    """The repository whose workflows may log in."""

    name: str
    """`OWNER@OWNER_ID/NAME@REPOSITORY_ID`: the numbers outlive renaming, and are never given to somebody else
    (GitHub, OpenID Connect reference, immutable subject claims)."""
    branch: str = "main"
    """The only branch that deploys."""
    provider_exists: bool = False
    """An account has one OIDC provider for GitHub: the first stack makes it, another environment's in the same account
    uses it."""

    def problems(self) -> Iterator[str]:
        """Why a trust policy can't be exact about it."""
        if not _REPOSITORY.fullmatch(self.name):
            yield (
                f"the pipeline's repository {self.name!r} is not one repository; allowed: "
                f"OWNER@OWNER_ID/NAME@REPOSITORY_ID, with the "
                "numbers that `gh api repos/OWNER/NAME --jq '.owner.id, .id'` shows"
            )
        if not _BRANCH.fullmatch(self.branch):
            yield f"the pipeline's branch {self.branch!r} is not one branch; allowed: its name, as in main"

    def deploys(self, environment: str) -> dict[str, str]:
        """The claims of a job that runs in this GitHub environment, on the branch."""
        return {"sub": f"repo:{self.name}:environment:{environment}", "ref": f"refs/heads/{self.branch}"}

    def proposes(self) -> dict[str, str]:
        """The claims of a job of a pull request, which GitHub gives to no fork."""
        return {"sub": f"repo:{self.name}:pull_request"}


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
    """May take the bootstrap roles of this account and region that a deploy needs, from one GitHub environment and
    branch."""

    def __init__(
        self, scope: Construct, id: str, *, provider: GitHubProvider, repository: Repository, environment: str
    ) -> None:
        super().__init__(scope, id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=provider.principal(repository.deploys(environment)),
            description=f"GitHub Actions: deploys {environment}",
        )
        acknowledge_inline(self.role)
        self.role.add_to_policy(
            iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[self._bootstrap_role(kind) for kind in _NEEDED])
        )

    def _bootstrap_role(self, kind: str) -> str:
        stack = Stack.of(self)
        name = f"cdk-{DefaultStackSynthesizer.DEFAULT_QUALIFIER}-{kind}-role-{stack.account}-{stack.region}"
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
