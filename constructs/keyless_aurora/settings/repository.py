"""The GitHub repository whose workflows deploy an environment."""

import re
from collections.abc import Iterator

from keyless_aurora.settings.checked import settings

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*@[0-9]+/[A-Za-z0-9._-]+@[0-9]+")
_BRANCH = re.compile(r"[A-Za-z0-9._/-]+")


@settings
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
    shares_account: bool = False
    """Whether this pipeline may deploy to an account that another environment's deploys to, too: who may deploy one of
    them may then change the other."""

    def deploys(self, environment: str) -> dict[str, str]:
        """The claims of a job that runs in this GitHub environment, on the branch."""
        return {"sub": f"repo:{self.name}:environment:{environment}", "ref": f"refs/heads/{self.branch}"}

    def proposes(self) -> dict[str, str]:
        """The claims of a job of a pull request, which GitHub gives to no fork."""
        return {"sub": f"repo:{self.name}:pull_request"}


def repository_problems(repository: Repository) -> Iterator[str]:
    """Why a trust policy can't be exact about it."""
    if not _REPOSITORY.fullmatch(repository.name):
        yield (
            f"repository.name: {repository.name!r} is not one repository; allowed: "
            "OWNER@OWNER_ID/NAME@REPOSITORY_ID, with the numbers that `gh api repos/OWNER/NAME --jq '.owner.id, .id'` "
            "shows"
        )
    if not _BRANCH.fullmatch(repository.branch):
        yield f"repository.branch: {repository.branch!r} is not one branch; allowed: its name, as in main"
