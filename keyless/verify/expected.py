"""Who must refuse a login that shows a token in another user's name: it depends on the endpoint and on that user."""

from dataclasses import dataclass

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.sessions import lets_in
from keyless.verify.deployed import Deployed, Login

NOBODY = "keyless_nobody"
"""A name that is in no spec. PostgreSQL and the proxy don't say that there is no such user."""


@dataclass(frozen=True)
class Refusals:
    deployed: Deployed
    spec: AccessSpec

    def others(self, login: Login) -> list[str]:
        """Whom the login is not: each other user that may log in, the master, and a name in no spec."""
        users = [user.username for user in self.spec.users if user.enabled]
        found = dict.fromkeys([*users, self.deployed.database.user, NOBODY])
        return [name for name in found if name != login.user]

    def own(self, login: Login) -> Outcome:
        """What comes of a function's own login: PostgreSQL refuses a user that the spec disables."""
        user = next((user for user in self.spec.users if user.username == login.user), None)
        refused = bool(user and lets_in(user, Meaning(self.spec, login.database)))
        return Outcome.BY_POSTGRESQL if refused else Outcome.ALLOWED

    def of(self, user: str, host: str) -> Outcome:
        if host == self.deployed.database.host:
            return Outcome.BY_IAM if user in self._with_tokens() else Outcome.WRONG_PASSWORD
        if self.deployed.proxy_asks_for_passwords and user in self._with_passwords():
            return Outcome.WRONG_PASSWORD
        return Outcome.BY_IAM if self.deployed.proxy_takes_tokens else Outcome.NO_CREDENTIALS

    def _with_tokens(self) -> set[str]:
        """The bootstrap function logs in as the master with a token."""
        return {user.username for user in self.spec.users if user.auth_method == "iam"} | {self.deployed.database.user}

    def _with_passwords(self) -> set[str]:
        return {user.username for user in self.spec.users if user.auth_method == "password"}
