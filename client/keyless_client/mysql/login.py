"""Where to log in to MySQL or MariaDB, as whom, and with what: one object for every driver."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, Unpack

from keyless_client import environment, secret
from keyless_client.endpoint_login import EndpointLogin
from keyless_client.errors import ConnectError
from keyless_client.mysql import tls
from keyless_client.mysql.checks import ACCESS_DENIED
from keyless_client.mysql.plugins import CLEAR_TEXT, OTHERS, PROOFS, Unanswered
from keyless_client.mysql.refusals import Refused, Said, refused

if TYPE_CHECKING:
    from ssl import SSLContext

CONNECT_TIMEOUT_SECONDS = 15
"""As for PostgreSQL: more than the proxy's usual `borrow_timeout_seconds`."""


@dataclass(frozen=True)
class Login(EndpointLogin):
    """To MySQL or MariaDB. Holds no token and no password: each is made, or read, when it is asked for."""

    address: tuple[str, int] | None = None
    """Where a port forward to the endpoint begins. Token and certificate are for the endpoint's own name and port."""

    variables = environment.MYSQL
    _takes_passwords = "a driver of keyless_client.drivers, which has the password when it has verified the server"

    @classmethod
    def from_environment(
        cls,
        *,
        reader: bool = False,
        address: tuple[str, int] | None = None,
        **overrides: Unpack[environment.Overrides],
    ) -> Self:
        """The login that MYSQL_HOST and the like describe, apart from `overrides`; for a `reader`, to DB_READER_HOST.

        Args:
            address: where a port forward to the endpoint begins, if it is reached by one.

        Raises:
            ConnectError: naming every variable that is missing or wrong.
        """
        return replace(super().from_environment(reader=reader, **overrides), address=address)

    def parameters(self) -> dict[str, Any]:
        """Keyword arguments for one connection by PyMySQL, with a fresh token or the secret's password in it. PyMySQL
        begins no login without TLS when it is given a context; of other drivers that isn't said."""
        host, port = self.dialled()
        return {
            "host": host,
            "port": port,
            "user": self.user,
            "password": self._password().encode(),
            "database": self.dbname,
            "ssl": self.ssl_context(),
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "program_name": self.application_name,
            "charset": "utf8mb4",
            "auth_plugin_map": {plugin: partial(Unanswered, self.answers, plugin) for plugin in self._unanswered()},
        }

    def _unanswered(self) -> tuple[str, ...]:
        """The plugins that PyMySQL answers and `answers` doesn't."""
        return (*OTHERS, CLEAR_TEXT) if self.secret_arn else OTHERS

    def dialled(self) -> tuple[str, int]:
        """Host and port to connect to."""
        return self.address or (self.host, self.port)

    def hand_out(self, connection: object) -> str:
        """The token, or the secret's password, to a driver that is about to send it.

        Args:
            connection: Python's object for the TLS that the driver would send it through.

        Raises:
            ConnectError: it isn't encrypted to a server that is verified; or there is no token, or password.
        """
        self.verify(connection)
        return self._password()

    def prepare(self) -> None:
        """What may take a while, such as reading credentials or a secret: `hand_out` waits for nothing after it.

        Raises:
            ConnectError: there is no token, or password.
        """
        self._password()

    def verify(self, connection: object) -> None:
        """Raises ConnectError unless `connection`, as in `hand_out`, is encrypted to a server that is verified."""
        if lack := tls.missing(connection, self.host):
            raise refused(Said(0, lack), self)

    def answers(self, plugin: str) -> None:
        """Raises ConnectError where the server asks by a `plugin` that gets no answer: for a token, or a password, of
        another kind, or by one that nobody needs here."""
        allowed = PROOFS if self.secret_arn else (CLEAR_TEXT, *PROOFS)
        if plugin not in allowed:
            raise refused(Said(0, f"plugin {plugin!a} was asked for; allowed: {', '.join(allowed)}"), self)

    def _empty_context(self) -> "SSLContext":
        return tls.verifying(self.host)

    def renewed(self, said: Said) -> bool:
        """Whether a login that was refused by `said` may work now: its secret has been rotated."""
        if self.secret_arn is None or said.code != ACCESS_DENIED:
            return False
        return secret.renewed(self.secret_arn, self.user)

    def refusal(self, said: Said) -> Refused:
        """The error for a login that ended with what the other side, or the driver, `said`."""
        return refused(said, self)


def chosen(login: Login | None, reader: bool = False) -> Login:
    """`login`, or the environment's."""
    if login and reader and not login.reader:
        raise ValueError("reader=True is for the environment's login; allowed: Login.from_environment(reader=True)")
    if login is not None and not isinstance(login, Login):
        raise ConnectError(
            f"cannot connect: {type(login).__module__}.{type(login).__name__} isn't a login to MySQL; allowed: "
            "keyless_client.mysql.Login.from_environment()"
        )
    return login or Login.from_environment(reader=reader)
