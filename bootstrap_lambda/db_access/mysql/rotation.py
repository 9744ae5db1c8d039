"""The server's side of a rotation: a user changes its own password, by the one that it has.

Nobody who may do that to others is let near: the function knows the rotated secret and nothing else. So it writes no
mark of the version either; the next run of the engine sets the password of AWSCURRENT, which is the same by then, and
marks it.
"""

from collections.abc import Callable
from typing import Final

from pymysql.err import MySQLError

from db_access.errors import RotationError
from db_access.mysql import failures
from db_access.mysql.connection import open_connection, password_login
from db_access.mysql.identifiers import literal
from db_access.mysql.logins import ACCESS_DENIED, Refused
from db_access.mysql.passwords import native_digest
from db_access.mysql.session import Session
from db_access.mysql.state import Flavor
from keyless_client import ConnectError

_LOCK_SECONDS: Final = 10.0
CurrentPassword = Callable[[], str]


def give(username: str, password: str, current: CurrentPassword, before_commit: Callable[[], None]) -> None:
    """Have `username` log in by `password`, and no other.

    Args:
        current: reads the password that it logs in by until then.
        before_commit: runs when the new one works.

    Raises:
        RotationError: when neither password lets it in, or it can't change its own.
    """
    lets = password if lets_in(username, password) else current()
    _change(username, lets, password)  # also where it is said to be: MySQL may let a former one in for a while
    before_commit()


def try_out(username: str, password: str) -> None:
    """Raises RotationError when it lets nobody in."""
    if not lets_in(username, password):
        raise RotationError(f"user {username!r} can't log in with the coming password")


def lets_in(username: str, password: str) -> bool:
    """Raises RotationError when it can't be tried."""
    try:
        open_connection(password_login(username, password)).close()
    except ConnectError as error:
        if isinstance(error, Refused) and error.code == ACCESS_DENIED:
            return False
        raise RotationError(f"the password of user {username!r} can't be tried: {_words(error)}") from error
    return True


def _change(username: str, current: str, password: str) -> None:
    try:
        with open_connection(password_login(username, current)) as connection:
            session = Session(connection)
            session.settle(_LOCK_SECONDS)
            session.ask(_statement(session.flavor, password))
    except ConnectError as error:
        raise _refused(username, _words(error)) from error
    except MySQLError as error:
        why = failures.explained(error, secret=True)
        del error  # its frames hold the statement
        raise _refused(username, why) from None


def _statement(flavor: Flavor, password: str) -> str:
    """MariaDB is sent the digest that it keeps; MySQL the password, over TLS, and keeps it out of its logs."""
    sent = native_digest(password) if flavor is Flavor.MARIADB else password
    return f"SET PASSWORD = {literal(sent)}"


def _words(error: ConnectError) -> str:
    return " ".join(str(error).split())


def _refused(username: str, why: str) -> RotationError:
    return RotationError(
        f"the password of user {username!r} is not rotated: {why}; allowed: password users of the access spec that is "
        "deployed, with the password of their own secret"
    )
