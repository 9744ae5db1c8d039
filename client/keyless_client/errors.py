"""The errors of this package, with advice on what to check. Never hold a token or a password."""

from collections.abc import Callable
from traceback import clear_frames
from typing import Any

from keyless_client.refusals import Passing, check


class ConnectError(Exception):
    """No connection: what was tried, what to check, and the other side's message."""

    def __init__(self, message: str, passing: Passing = Passing.NEVER, said: str = "") -> None:
        super().__init__(message)
        self.said = said
        """The other side's words, if it came that far."""
        self.passing = passing
        """Whether the same login may succeed later without anybody's doing."""


class OpenTransactionError(Exception):
    """An invocation ended with a transaction open. What it did there is rolled back."""


class InDoubtError(Exception):
    """The connection ended while a transaction was being committed: it may be committed, or not. Trying again might do
    it twice."""


def refusal(message: str, *, host: str, port: int, user: str, dbname: str, secret: str | None = None) -> ConnectError:
    """The error for a login, with a token or with the password of `secret`, that ended with the other side's
    `message`."""
    found = check(message, dbname=dbname, secret=secret)
    advice = found.advice.format(host=host, port=port, user=user, dbname=dbname, secret=secret)
    attempt = f"cannot connect to database {dbname} on {host}:{port} as {user}"
    return ConnectError(": ".join(part for part in (attempt, advice, message.strip()) if part), found.passing, message)


def not_text(error: UnicodeEncodeError) -> str:
    """What is said of a parameter of libpq's that has no UTF-8, such as PGSSLROOTCERT. psycopg's own error holds all of
    them, the password among them."""
    forget_frames(error)
    return f"connection is bad: {error.object[error.start : error.end]!a} in one of the parameters isn't text in UTF-8"


def forget_frames(error: BaseException) -> None:
    """Empty the frames that `error` came through: a tool that reports errors with them would show what they hold."""
    link: BaseException | None = error
    while link:
        clear_frames(link.__traceback__)
        link = link.__context__


def discreetly(connect: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What `connect(**arguments)` returns or raises. The frames of an error hold none of the arguments, which are
    emptied."""
    try:
        return connect(**arguments)
    except BaseException as error:
        forget_frames(error)
        raise
    finally:
        arguments.clear()
