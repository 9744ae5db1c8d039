"""Opens one connection: with a fresh token or a secret's password, with verified TLS, and without what RDS Proxy
refuses or pins sessions for."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from keyless_client.addresses import addresses, shared
from keyless_client.committing import Connection
from keyless_client.errors import forget_frames, not_text
from keyless_client.libpq import CONNECT_TIMEOUT_SECONDS, LEAST_SECONDS
from keyless_client.login import Login
from keyless_client.waiting import ONCE, Waits, until_it_works

_LOG = logging.getLogger(__name__)


def open_connection(
    *,
    host: str,
    port: int,
    user: str,
    dbname: str,
    region: str,
    secret_arn: str | None = None,
    connect_timeout: int = CONNECT_TIMEOUT_SECONDS,
    waits: Waits = ONCE,
    told: Callable[[str], None] = _LOG.warning,
    autocommit: bool = False,
    application_name: str = "keyless_client",
    options: str = "",
    kind: type[psycopg.Connection] = Connection,
    roots: Path | None = None,
) -> psycopg.Connection:
    """A new connection to a proxy, cluster or instance, which the caller closes.

    Args:
        host: the endpoint's own name; token and certificate are valid for exactly this name.
        secret_arn: of the Secrets Manager secret with the user's password; None to log in with an IAM token.
        connect_timeout: seconds for each address of `host`; where it has several, one that takes no connection has its
            share of them.
        waits: how long to try again, with a new token each time, while waiting can help.
        told: is told of each attempt that failed before another one.
        autocommit: as psycopg has it; without it the first statement opens a transaction.
        options: for the startup packet, as `-c name=value`; straight to a database only, for RDS Proxy refuses them.
        kind: psycopg's class, or one of its own kind.
        roots: the PEM file with whom to trust, in place of those that are right for `host`: to see that it is refused.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    login = Login(host, port, user, dbname, region, application_name, secret_arn)
    given: dict[str, Any] = {"autocommit": autocommit, "options": options}
    if roots:
        given["sslrootcert"] = str(roots)
    return opened(login, connect_timeout=connect_timeout, waits=waits, told=told, kind=kind, **given)


def opened(
    login: Login,
    *,
    connect_timeout: float = CONNECT_TIMEOUT_SECONDS,
    waits: Waits = ONCE,
    told: Callable[[str], None] = _LOG.warning,
    kind: type[psycopg.Connection] = Connection,
    **given: Any,
) -> psycopg.Connection:
    """A new connection of `login`, with what is `given` to psycopg beside or instead of its parameters."""

    def said(seconds: float) -> psycopg.Connection | str:
        """The connection, or what the other side said instead. Not its error, whose frames hold the password."""
        try:
            parameters = arguments(login, seconds, given)
            with shared(seconds, parameters):
                return kind.connect(**parameters)
        except psycopg.OperationalError as error:
            return str(error)
        except UnicodeEncodeError as error:
            return not_text(error)
        except BaseException as error:  # of whom it takes too long, say
            forget_frames(error)
            raise
        finally:
            parameters = {}  # holds the password, and an error's frames would show it

    def attempt(seconds: float) -> psycopg.Connection:
        result = said(seconds)
        if isinstance(result, str) and login.renewed(result):
            result = said(seconds)
        if isinstance(result, str):
            raise login.refusal(result)
        return result

    return until_it_works(attempt, waits, longest=connect_timeout, told=told)


def arguments(login: Login, seconds: float, given: Mapping[str, Any]) -> dict[str, Any]:
    """psycopg's, for an attempt of so many seconds."""
    timeout = {"connect_timeout": max(LEAST_SECONDS, round(seconds))}
    return {**login.parameters(), **addresses(login.host, login.port), **timeout, **given}
