"""`keyless connect` on MySQL and MariaDB: their client at a socket, behind which this process has logged in."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from keyless.cli.beside import beside
from keyless.cli.connection import tell
from keyless.cli.environment.deployed import DeployedEnvironment
from keyless.cli.forward.bastion import bastion
from keyless.cli.forward.session import forwarded
from keyless.cli.forward.tools import aws
from keyless.cli.mysql.connection import login_of_variables
from keyless.cli.mysql.programs import program
from keyless.cli.mysql.relay.listening import relayed
from keyless.cli.mysql.relay.packets import ASKED
from keyless.ending import orderly
from keyless_client.drivers import pymysql
from keyless_client.mysql import Login

_ELSEWHERE: Final = ("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_PWD")
"""What would say another place or password to the client."""


def run(through: DeployedEnvironment | None, database: str | None, arguments: Sequence[str]) -> int:
    """The exit status of the client. Nothing is left of what was started.

    Args:
        through: the environment whose bastion a port forward goes through; by default the endpoint is dialled itself.

    Raises:
        AccessError: with what is missing.
    """
    client, tool = program(), aws() if through else ""
    login = replace(login_of_variables(), dbname=database or os.environ.get("MYSQL_DATABASE", ""))
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    with orderly(), _led(login, through, tool) as led:
        log_in = partial(pymysql.connect, login=led, autocommit=None, client_flag=ASKED)
        with relayed(log_in, client.plugin) as socket:
            tell(f"{'mariadb' if client.mariadb else 'mysql'}: {login.user} at {login.host}")
            sys.stdout.flush()
            return beside(client.path, [*client.arguments(socket, login.user, login.dbname, arguments)], environment)


@contextmanager
def _led(login: Login, through: DeployedEnvironment | None, tool: str) -> Iterator[Login]:
    """The login, by a forward where there is one. Its token and the certificate are for the endpoint's own name and
    port."""
    if through is None:
        yield login
        return
    instance = bastion(through.clients, through.prefix)
    tell(f"port forward: through {instance} to {login.host}")
    with forwarded(tool, instance, login.host, login.port, through.region) as port:
        yield replace(login, address=("127.0.0.1", port))
