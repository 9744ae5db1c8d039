"""A login by a password that the caller has, over verified TLS: to try one, or by an operator's variables.

The password is in no error and no frame of one, and goes to nobody who asks for it in clear.
"""

from dataclasses import dataclass, field
from typing import Final

from keyless_client.mysql import Login
from keyless_client.mysql.plugins import CLEAR_TEXT, OTHERS, PROOFS
from keyless_client.mysql.refusals import Refused, Said, refused
from keyless_client.refusals import Passing

__all__ = ["ACCESS_DENIED", "PasswordLogin", "Refused"]

ACCESS_DENIED: Final = 1045
"""ER_ACCESS_DENIED_ERROR, of both servers."""


@dataclass(frozen=True)
class PasswordLogin(Login):
    password: str = field(default="", repr=False, compare=False)

    def _password(self) -> str:
        return self.password

    def answers(self, plugin: str) -> None:
        if plugin not in PROOFS:
            raise refused(Said(0, f"plugin {plugin!a} was asked for; allowed: {', '.join(PROOFS)}"), self)

    def _unanswered(self) -> tuple[str, ...]:
        return (*OTHERS, CLEAR_TEXT)

    def renewed(self, said: Said) -> bool:
        return False

    def refusal(self, said: Said) -> Refused:
        if said.code != ACCESS_DENIED:
            return super().refusal(said)
        return Refused(
            f"cannot connect to {self.host}:{self.port} as {self.user}: the password is wrong, or the user isn't there "
            f"or logs in by an IAM token: {said}",
            Passing.NEVER,
            said,
        )
