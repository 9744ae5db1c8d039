"""`--env`: libpq's variables, or MySQL's, for a deployed environment, while a command runs.

The option wins over the variables of the shell: whoever names an environment means that one, and variables that were
left from another would hand what is for this one to that one, or the other way round.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from db_access.wording import visible
from keyless.cli import seeds_variables
from keyless.cli.environment.current import Current, current
from keyless.cli.environment.deployed import DeployedEnvironment, deployed_environment
from keyless.cli.environment.stacks import EnvironmentNotFoundError

Via = Literal["proxy", "direct", "ssm"]
_REPLACED: Final = (
    *("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE"),
    *("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", seeds_variables.IAM),
    *("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_PWD", "DB_MASTER_SECRET_ARN", "WATCH_USER"),
)


@contextmanager
def chosen(name: str, user: str | None = None, via: Via | None = None) -> Iterator[DeployedEnvironment]:
    """The place and the login of the environment are the process's while it lasts: by default the database itself, as
    its master; another user goes through the proxy, where one is deployed. A forward (`ssm`) leads to the same place.
    Yields what is deployed.

    PGHOSTADDR stays: it says where the endpoint is, through a tunnel, and with it PGPORT, the tunnel's. So do PGSSLMODE
    and the others.

    Raises:
        EnvironmentNotFoundError: when there is no such place.
    """
    found = deployed_environment(name)
    host, login = _host(found, user, via), user or found.master.user
    before, earlier = dict(os.environ), current.set(Current(found.master.port, found.manager))
    try:
        _set_mysql(found, host, login) if found.mysql else _set(host, found.master.port, login)
        _tell(name, before)
        yield found
    finally:
        current.reset(earlier)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def place(env: str | None, user: str | None, via: Via | None) -> Iterator[DeployedEnvironment | None]:
    """That of the environment, or the one that the variables say, as `user`, if one is named."""
    if env is not None:
        with chosen(env, user, via) as found:
            yield found
        return
    before = dict(os.environ)
    os.environ |= {"PGUSER": user, "MYSQL_USER": user} if user is not None else {}
    try:
        yield None
    finally:
        os.environ.clear()
        os.environ.update(before)


def _host(found: DeployedEnvironment, user: str | None, via: Via | None) -> str:
    as_master = user in (None, found.master.user)
    if via == "proxy" and as_master:
        raise EnvironmentNotFoundError(
            f"the proxy takes no login of {found.master.user}, the master of {found.prefix}; allowed: --as USER, or "
            "--via direct"
        )
    if via == "proxy" and found.proxy is None:
        raise EnvironmentNotFoundError(f"{found.prefix} has no proxy; allowed: --via direct")
    straight = via == "direct" or as_master or found.proxy is None
    return found.master.host if straight else str(found.proxy)


def _set(host: str, port: int, user: str) -> None:
    through = os.environ.get("PGPORT") if "PGHOSTADDR" in os.environ else None
    for name in _REPLACED:
        os.environ.pop(name, None)
    where = {"PGHOST": host, "PGPORT": through or str(port), "PGUSER": user}
    os.environ |= {**where, seeds_variables.IAM: "true"}


def _set_mysql(found: DeployedEnvironment, host: str, user: str) -> None:
    """The master comes with the password of its secret, which the caller's credentials must let it read."""
    for name in (*_REPLACED, "PGHOSTADDR"):
        os.environ.pop(name, None)
    os.environ |= {"MYSQL_HOST": host, "MYSQL_TCP_PORT": str(found.master.port), "MYSQL_USER": user}
    if found.master_secret and user == found.master.user:
        os.environ["DB_MASTER_SECRET_ARN"] = found.master_secret
    if found.watch_user:
        os.environ["WATCH_USER"] = found.watch_user


def _tell(name: str, before: Mapping[str, str]) -> None:
    """Which variables of the shell don't count. Their values may be passwords."""
    named = [one for one in _REPLACED if one in before and os.environ.get(one) != before[one]]
    if named:
        said = f"--env {name} says where and as whom; not used, for it may be of another place: {', '.join(named)}"
        print(visible(said), file=sys.stderr)
