"""Are these the credentials of the account that the stacks are for?"""

from collections.abc import Iterator

from keyless.preflight.account.account import Account
from keyless.preflight.finding import Problem
from keyless.preflight.planned.target import Target


def credentials(target: Target, account: Account) -> Iterator[Problem]:
    """Stacks that name no account are for any."""
    identity = account.identity
    if target.account and target.account != identity.account:
        yield Problem(
            f"{identity.arn} is of account {identity.account}; {target.environment} is for {target.account}",
            (f"export AWS_PROFILE=NAME   # a profile of account {target.account}",),
        )
