from typing import Annotated, Final

import typer

from keyless.cli.commands.as_whom import As, ViaOrForward, refuse_without_env
from keyless.cli.options import Env
from keyless.cli.running import reported

HELP: Final = """\
Open psql, or on MySQL and MariaDB mysql or mariadb, with a fresh IAM token.

The token is in psql's environment only. The server's certificate and name are verified, whatever PGSSLMODE says. \
psql takes the place of this command. What stands behind -- is passed on to it.

mysql and mariadb have no token: this command verifies the server, logs in, and gives them the session at a socket \
that only its user can open.

With --via ssm it goes by a port forward of Session Manager through the environment's bastion, which ends with the \
client. That takes the AWS command line and its Session Manager plugin.
"""
EPILOG: Final = """\
Examples:
  keyless connect --env dev --database app
  keyless connect --env dev --as ana --database app -- -c 'SELECT 1'
  keyless connect --env prod --as ana --via ssm --database app

Exit status:
  that of the client; 1 also where it wasn't started: stderr says why
"""


def connect(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="CLIENT_OPTIONS", help="after --, such as -- -c 'SELECT 1'")
    ] = None,
    env: Env = None,
    user: As = None,
    via: ViaOrForward = None,
    database: Annotated[
        str | None, typer.Option(metavar="NAME", help="which database (default: PGDATABASE, or MYSQL_DATABASE)")
    ] = None,
) -> int:
    refuse_without_env(env, via)

    def run() -> int:
        from keyless.cli import connect, family
        from keyless.cli.environment.chosen import place

        with place(env, user, via) as found:
            through = found if via == "ssm" else None
            if family.is_mysql():
                from keyless.cli.mysql import connect as mysql  # and its driver

                return mysql.run(through, database, arguments or [])
            if through is not None:
                return connect.run_through(through, database, arguments or [])
            return connect.run(database, arguments or [])

    return reported(run)
