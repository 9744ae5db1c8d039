"""Where to connect and as whom, by the environment: the variables of libpq or of MySQL's clients, which the CDK grant
sets, and Lambda's AWS_REGION."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypedDict

from keyless_client.errors import ConnectError
from keyless_client.trust import region_of

LOGIN_SECONDS = 10
"""Without DB_LOGIN_SECONDS: what a function with no more than 15 seconds can wait."""
_LONGEST_LOGIN = 900
"""A function's longest timeout."""
READER = "DB_READER_HOST"


class Variables(NamedTuple):
    """By which an engine's own clients are told where to connect, as whom, and whom to trust."""

    host: str
    port: str
    user: str
    dbname: str
    roots: str
    """A PEM file. It is read for each login, and no part of it."""
    default_port: str = ""


POSTGRESQL = Variables("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLROOTCERT")
MYSQL = Variables("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE", "MYSQL_SSL_CA", "3306")
_EVERY_ENGINES = {
    "region": "AWS_REGION",
    "application_name": "AWS_LAMBDA_FUNCTION_NAME",
    "secret_arn": "DB_SECRET_ARN",
    "role_arn": "DB_ROLE_ARN",
    "login_seconds": "DB_LOGIN_SECONDS",
}
_OTHERS = {
    POSTGRESQL: (MYSQL.host, "a MySQL or MariaDB is reached by keyless_client.drivers and keyless_client.mysql.Login"),
    MYSQL: (POSTGRESQL.host, "a PostgreSQL is reached by keyless_client.connect() and keyless_client.Login"),
}
"""By what an engine's variables say instead, if it was meant: the other's host, and what is for that one."""
_SECRET = r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+"  # noqa: S105 - a pattern of its ARN
_ROLE = r"arn:aws[a-z-]*:iam::\d{12}:role/\S+"
"""Compiled when there is one: most functions have none, and a cold start would pay for both."""


class Overrides(TypedDict, total=False):
    """What can be said in place of a variable."""

    host: str
    port: int
    user: str
    dbname: str
    region: str
    application_name: str
    secret_arn: str | None
    role_arn: str | None
    login_seconds: int


def fields(
    environment: Mapping[str, str],
    overrides: Mapping[str, Any],
    *,
    reader: bool = False,
    variables: Variables = POSTGRESQL,
) -> dict[str, Any]:
    """A login's fields: those of `overrides`, and by `environment` all others.

    Args:
        reader: to the endpoint DB_READER_HOST instead of the writer's.
        variables: the engine's.

    Raises:
        ConnectError: naming every variable that is missing or wrong.
        TypeError: an override is not a field.
    """
    host, port, user, dbname, *_ = variables
    known = {"host": host, "port": port, "user": user, "dbname": dbname, **_EVERY_ENGINES}
    if unknown := sorted(overrides.keys() - known.keys()):
        raise TypeError(f"{', '.join(unknown)} can't be said of a login; allowed: {', '.join(known)}")
    said = {known[name]: "" if value is None else str(value) for name, value in overrides.items()}
    given = {**environment, **({host: environment.get(READER, "")} if reader else {}), **said}
    given[port] = given.get(port) or variables.default_port
    names = {host: READER} if reader else {}
    if problems := [*_problems(given, names, variables)]:
        problems += _other_engine(given, environment, variables)
        raise ConnectError(f"cannot connect, the environment is incomplete or wrong: {'; '.join(problems)}")
    return {
        "host": given[host],
        "port": int(given[port]),
        "user": given[user],
        "dbname": given[dbname],
        "region": said.get("AWS_REGION") or region_of(given[host]) or given["AWS_REGION"],
        "application_name": given.get("AWS_LAMBDA_FUNCTION_NAME") or "keyless_client",
        "secret_arn": given.get("DB_SECRET_ARN") or None,
        "role_arn": given.get("DB_ROLE_ARN") or None,
        "login_seconds": int(given.get("DB_LOGIN_SECONDS") or LOGIN_SECONDS),
    }


def is_text(value: str) -> bool:
    """Whether drivers and the server can take it: an undecodable byte of a variable, or half of a character of JSON's,
    has no UTF-8, and a NUL would end libpq's parameters, its TLS among them."""
    return "\0" not in value and not any("\ud800" <= one <= "\udfff" for one in value)


def _problems(given: Mapping[str, str], names: Mapping[str, str], variables: Variables) -> Iterator[str]:
    needed = variables[:4]
    for name in (one for one in (*needed, *_EVERY_ENGINES.values()) if not is_text(given.get(one, ""))):
        yield f"{names.get(name, name)} is {given[name]!a}; allowed: text in UTF-8"
    yield from (f"{names.get(name, name)} is not set" for name in needed if not given.get(name))
    if not given.get("AWS_REGION") and not region_of(given.get(variables.host, "")):
        yield "AWS_REGION is not set"
    yield from checked_port(variables.port, given[variables.port])
    secret = given.get("DB_SECRET_ARN")
    if secret and not re.fullmatch(_SECRET, secret):
        yield f"DB_SECRET_ARN is {secret!r}; allowed: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME"
    if role := given.get("DB_ROLE_ARN"):
        if not re.fullmatch(_ROLE, role):
            yield f"DB_ROLE_ARN is {role!r}; allowed: arn:aws:iam::ACCOUNT:role/NAME"
        if secret:
            yield "DB_ROLE_ARN and DB_SECRET_ARN are set; allowed: one, for a role signs tokens and reads no secret"
    seconds = given.get("DB_LOGIN_SECONDS")
    if seconds and not (_digits(seconds) and int(seconds) <= _LONGEST_LOGIN):
        yield f"DB_LOGIN_SECONDS is {seconds!r}; allowed: 0 to {_LONGEST_LOGIN}, less than the timeout"


def _other_engine(given: Mapping[str, str], environment: Mapping[str, str], variables: Variables) -> Iterator[str]:
    others_host, its_own = _OTHERS[variables]
    if environment.get(others_host) and not (given.get(variables.host) or environment.get(variables.host)):
        yield f"{others_host} is set: {its_own}"


def checked_port(name: str, port: str) -> Iterator[str]:
    if port and not (_digits(port) and 0 < int(port) < 65536):
        yield f"{name} is {port!r}; allowed: 1 to 65535"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
