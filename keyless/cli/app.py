"""The command line of `keyless`: which commands there are, in which group of the help. Imports nothing slow."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Final, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from keyless.cli.commands import (
    adopt,
    approve,
    ask,
    check,
    connect,
    doctor,
    fleet,
    init,
    migrate,
    others,
    plan,
    prove,
    report,
    status,
    sync,
    temporary,
    token,
    users,
)
from keyless.cli.help import Command, Group
from keyless.cli.status import DONE

_ABOUT: Final = (
    "Check an access spec, make the roles and rights of a database match it (PostgreSQL, MySQL, MariaDB), prove that "
    "they do, or begin an app that does."
)
_EXAMPLES: Final = """\
To begin, with a database that is there, and PGHOST, PGPORT, PGUSER, PGPASSWORD for it:
  keyless adopt --database app
                                write config/access.yaml: what it has now
  keyless prove                 whether the database is what the file says
  keyless sync --dry-run        what a change of the file would change there

To begin, with a MySQL or MariaDB server, a file config/access.yaml, and MYSQL_HOST, MYSQL_USER, MYSQL_PWD:
  keyless sync --dry-run        what the file would change on the server
  keyless sync                  change it and prove it

Examples:
  keyless check                 every problem of the spec, with its line
  keyless create-user reader --groups readers
                                add a user to the spec, and --sync it
  keyless sync --config config/access.yaml --dry-run
                                what would change, and why
  keyless sync --config config/access.yaml
                                change it and prove it, or change nothing
  keyless sync --config config/access.yaml --dry-run --format markdown
                                the same for a pull request's comment
  keyless adopt --database app --to access.yaml
                                a spec from a database that is there
  keyless prove --config config/access.yaml --json
                                ask PostgreSQL who can do what
  keyless who can DELETE app.foo.event
                                and by which route: grant, group, PUBLIC, view
  keyless what can alice --database app
                                the same of one user
  keyless connect --env dev --as ana --database app
                                psql with a fresh token
  keyless init my-app           an app of your own, complete and tested

For all that connect, --env NAME says where and as whom: a deployed environment's \
database, as its master, found by AWS credentials. Otherwise libpq's variables do, for sync with the \
cluster's master user: PGHOST, PGPORT, PGUSER, PGPASSWORD or PGPASSFILE, PGSSLMODE, \
PGSSLROOTCERT and the others. Where no password is said, an IAM token is signed \
for an endpoint of RDS.

MYSQL_HOST says a server of MySQL or MariaDB in their place, for check, sync, plan and prove: with MYSQL_TCP_PORT, \
MYSQL_USER, MYSQL_PWD or a token, and MYSQL_SSL_CA for a server that isn't RDS's. Its certificate is always verified, \
and a run is about the whole server, without --database.

The server's certificate is verified, unless PGSSLMODE or a socket in PGHOST says otherwise: PGSSLMODE=disable for a \
server on this machine.
"""
_SPEC, _DATABASES, _ASK, _APP = "The access spec", "Databases", "Who can do what", "An app and its environments"


def _version(asked: bool) -> None:
    """Looks only when asked: the look-up takes longer than the rest of --help."""
    if asked:
        from importlib.metadata import version

        print(f"keyless {version('keyless-aurora')}")
        raise typer.Exit(DONE)


def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="show the version of keyless-aurora and exit"),
    ] = False,
) -> None:
    pass


@cache
def command() -> TyperGroup:
    """All of `keyless`. Its `main` returns what the command that ran has returned: the exit status."""
    app = typer.Typer(
        name="keyless",
        cls=Group,
        help=_ABOUT,
        epilog=_EXAMPLES,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    app.callback()(_top)
    _add(app, _SPEC, check.check, check.HELP, check.EPILOG)
    _add(app, _SPEC, users.create_user, users.CREATE, users.EPILOG)
    _add(app, _SPEC, users.alter_user, users.ALTER, users.EPILOG)
    _add(app, _SPEC, users.disable_user, users.DISABLE, users.EPILOG)
    _add(app, _SPEC, users.drop_user, users.DROP, users.EPILOG)
    _add(app, _DATABASES, adopt.adopt, adopt.HELP, adopt.EPILOG)
    _add(app, _DATABASES, plan.plan, plan.HELP, plan.EPILOG)
    _add(app, _DATABASES, sync.sync, sync.HELP, sync.EPILOG)
    _add(app, _DATABASES, prove.prove, prove.HELP, prove.EPILOG)
    _add(app, _DATABASES, temporary.grant, temporary.GRANT, temporary.EPILOG)
    _add(app, _DATABASES, temporary.grants, temporary.GRANTS, temporary.LIST_EPILOG)
    _add(app, _DATABASES, approve.approve, approve.HELP, approve.EPILOG)
    _add_question(app, "who", "Ask who can do something, and by which route: who can.", ask.who_can, ask.WHO)
    _add_question(app, "what", "Ask what somebody can do, and by which route: what can.", ask.what_can, ask.WHAT)
    _add(app, _ASK, ask.matrix, ask.MATRIX, ask.EPILOG)
    _add(app, _ASK, report.report, report.HELP, report.EPILOG)
    _add(app, _DATABASES, connect.connect, connect.HELP, connect.EPILOG)
    app.add_typer(migrate.commands(), name="migrate", rich_help_panel=_DATABASES)
    _add(app, _DATABASES, token.token, token.HELP, token.EPILOG)
    _add(app, _DATABASES, doctor.doctor, doctor.HELP, doctor.EPILOG)
    _add_fleet(app)
    _add(app, _APP, status.status, status.HELP, status.EPILOG)
    _add(app, _APP, init.init, init.HELP, init.EPILOG)
    for passed_on, about in ((others.rehearse, others.REHEARSE), (others.verify, others.VERIFY)):
        app.command(
            cls=Command, help=about, rich_help_panel=_APP, context_settings=others.PASSED_ON, add_help_option=False
        )(passed_on)
    return cast(TyperGroup, get_command(app))  # which it is, having several commands


def _add(app: typer.Typer, panel: str, run: Callable[..., int], about: str, epilog: str) -> None:
    app.command(cls=Command, help=about, epilog=epilog, rich_help_panel=panel)(run)


def _add_question(app: typer.Typer, name: str, summary: str, run: Callable[..., int], about: str) -> None:
    """`who` and `what`, each followed by `can`."""
    question = typer.Typer(cls=Group, help=summary, rich_markup_mode="rich", no_args_is_help=False)
    question.command("can", cls=Command, help=about, epilog=ask.EPILOG)(run)
    app.add_typer(question, name=name, rich_help_panel=_ASK)


def _add_fleet(app: typer.Typer) -> None:
    """`fleet`, followed by what to do with it."""
    several = typer.Typer(cls=Group, help=fleet.HELP, rich_markup_mode="rich", no_args_is_help=False)
    for name, run, about in fleet.COMMANDS:
        several.command(name, cls=Command, help=about, epilog=fleet.EPILOG)(run)
    app.add_typer(several, name="fleet", rich_help_panel=_DATABASES)
