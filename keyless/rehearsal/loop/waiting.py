"""Keeps the rehearsal as it is until Enter, shows what to look at it with, and takes changed code meanwhile."""

import select
import shlex
import sys
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from db_access.spec import User
from db_access.wording import one_line
from keyless.rehearsal.loop.code import Sources
from keyless.rehearsal.loop.handed_over import HandedOver
from keyless.rehearsal.servers.mysql.accounts import OWNER
from keyless.rehearsal.servers.mysql.data import TRACES
from keyless.rehearsal.stage.pinned import Pinned, pinned
from keyless.rehearsal.stage.running import Stage

_SECONDS: Final = 0.3
"""Between two looks at the sources."""
_MEASURE, _GO_ON = "m", ""
_WAITS: Final = (
    "Everything is running; code that you change is taken over. m and Enter measures again who can do what, for you to "
    "see: the last table and the exit status are of what was deployed. Press Enter alone to go on to destroy it."
)
_STATEMENT: Final = (
    f'import pymysql, sys; c = pymysql.connect(user="{OWNER}", unix_socket=sys.argv[1], autocommit=True).cursor(); '
    "c.execute(sys.argv[2]); print(*c, sep=chr(10))"
)
"""By the driver that is there: the package of MySQL's server brings no client."""


def wait(stage: Stage, console: Console, measure: Callable[[], None]) -> None:
    """Until Enter, or the end of the input. `measure`: what `m` is for."""
    for line in shown(stage):
        console.print(Text(one_line(line)), soft_wrap=True)
    sources, told = Sources(stage), set[Pinned]()
    console.print(_WAITS, soft_wrap=True)
    while (typed := entered()) != _GO_ON:
        if typed == _MEASURE:
            measure()
        if typed is not None:
            console.print(_WAITS, soft_wrap=True)
        for sentence in (*sources.take(), *newly_pinned(stage, told)):
            console.print(Text(one_line(sentence)))


def newly_pinned(stage: Stage, told: set[Pinned]) -> list[str]:
    new = [each for each in pinned(stage) if each not in told]
    told.update(new)
    return [str(each) for each in new]


def shown(stage: Stage) -> list[str]:
    """What is where. The server's private socket asks for no password, so that none is in a connection string."""
    shell = HandedOver.of(stage).write(stage.folder)
    endpoints = [(stage.kind, stage.database), *((("proxy", stage.proxy),) if stage.deployed.has_proxy else ())]
    return [
        f"In another terminal, in this folder:   . {shell}",
        *(
            f"  call {c.name}:   python -m keyless.rehearsal.invoke {c.name} '{{}}'"
            for c in stage.deployed.clients
            if not c.engine
        ),
        "  the same here, in a debugger: with --here, and breakpoint() in the code",
        f"  logs of all functions:   tail -f {stage.cloud.folder / 'ministack.log'}",
        _HEADINGS[stage.family],
        *_connections(stage),
        f"Endpoints: cloud {stage.cloud.endpoint_url}; "
        + "; ".join(f"{name} {e.host} at {e.address}" for name, e in endpoints),
    ]


def _connections(stage: Stage) -> list[str]:
    spec = stage.deployed.spec
    if stage.family == "mysql":
        return [
            *as_users(spec.users, {client.user for client in stage.deployed.clients}),
            f"  a statement as the superuser:   {as_superuser(stage.mysql.folder / TRACES.sockets, 'SHOW DATABASES')}",
        ]
    users = [
        f"  as {user.username}:   psql {shlex.quote(stage.postgres.conninfo(user.username, database))}"
        for user in spec.users
        if user.logs_in
        for database in spec.connectable(user)
    ]
    superuser = f"  as the superuser:   psql {shlex.quote(stage.postgres.conninfo(database=spec.databases[0].name))}"
    return [*users, superuser]


_HEADINGS: Final = {
    "postgresql": "Databases, past IAM and without a password, for you alone:",
    "mysql": "Databases: as a user by its function's role, in that terminal; as the superuser past IAM, for you alone:",
}


def as_users(users: Iterable[User], functions: Container[str]) -> list[str]:
    """Lines for a shell that has read `cloud.sh`: on MySQL and MariaDB whoever has credentials is a user, as a function
    has. `functions`: the users that they log in as."""
    return [
        f"  as {user.username}:   python -m keyless.rehearsal.as_user {shlex.quote(user.username)} 'SHOW GRANTS'"
        if user.username in functions
        else f"  as {user.username}: no function logs in as it; look at it as the superuser"
        for user in users
        if user.logs_in
    ]


def as_superuser(socket: Path, statement: str) -> str:
    """A line for a shell that carries out a statement on MySQL or MariaDB and prints its rows."""
    return shlex.join([sys.executable, "-c", _STATEMENT, str(socket), statement])


def entered() -> str | None:
    """The line that is there, empty at the end of the input, too; None: no line. Waits a moment for one."""
    ready, _, _ = select.select([sys.stdin], [], [], _SECONDS)
    return sys.stdin.readline().strip() if ready else None
