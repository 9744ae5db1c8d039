"""Where rights are tried: a server of the family past its gate, where nobody but the server can refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection

from db_access.spec import User
from keyless.rehearsal.lines.mysql.refusals import by
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.servers.mysql.server import Server


@dataclass(frozen=True)
class Ground:
    server: Server
    master: str
    password: Callable[[str], str]
    """Of a user that logs in with one."""
    watcher: str = ""
    """The drift watch's user, if there is one."""

    def superuser(self) -> "Connection[Any]":
        return self.server.connect()

    def log_in(self, user: User) -> "Connection[Any]":
        """By the way that the spec says. Raises OperationalError."""
        secret = self.password(user.username) if user.auth_method == "password" else self.server.key
        return self.server.log_in(user.username, secret)

    @property
    def refused(self) -> Outcome:
        return by(self.server.kind)
