"""Who must refuse a function that tries to log in as somebody else: it depends on the endpoint and on that user."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.stage.running import Stage

MOST: Final = 20
"""Others that a function tries to be; of more, the first of the spec."""
Expected = tuple[Outcome, str]
"""The outcome, and what must be part of its reason."""


@dataclass(frozen=True)
class Refusals:
    stage: Stage

    def others(self, own: str) -> Iterator[str]:
        """Whom the user `own` is not; the master comes last."""
        users = [user.username for user in self.stage.deployed.spec.users if user.username != own]
        yield from users[:MOST]
        if own != (master := self.stage.deployed.database.master):
            yield master

    def of(self, user: str, endpoint: Endpoint) -> Expected:
        """Of a token that the right of another role signed, in place of what `user` logs in with."""
        by_iam = Outcome.BY_IAM, f"{endpoint.resource_id}/{user}"
        if endpoint == self.stage.database:
            return by_iam if user in self._with_tokens else (Outcome.WRONG_PASSWORD, user)
        if user in self._at_proxy:
            return Outcome.WRONG_PASSWORD, user
        if self.stage.deployed.proxy.get("DefaultAuthScheme") == "IAM_AUTH":
            return by_iam
        return Outcome.NO_CREDENTIALS, f"the role {user}"

    @cached_property
    def _with_tokens(self) -> frozenset[str]:
        users = (user.username for user in self.stage.deployed.spec.users if user.auth_method == "iam")
        master = [self.stage.deployed.database.master] if self.stage.deployed.iam_master else []
        return frozenset([*users, *master])

    @cached_property
    def _at_proxy(self) -> frozenset[str]:
        """Users whose secrets the proxy is deployed with."""
        secrets = {entry["SecretArn"] for entry in self.stage.deployed.proxy.get("Auth", ()) if "SecretArn" in entry}
        return frozenset(user for user, arn in self.stage.deployed.secrets.arns.items() if arn in secrets)
