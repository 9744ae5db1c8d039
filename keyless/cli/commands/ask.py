"""`who can`, `what can` and `matrix`."""

from typing import Annotated, Final, Literal

import typer

from keyless.cli.commands.form import form_of
from keyless.cli.options import Env
from keyless.cli.running import reported

WHO: Final = """\
Ask who can do something, and by which route.

Asks PostgreSQL, in a read-only transaction, of every login: whether it has the privilege by itself, through groups, \
PUBLIC or ownership, as a superuser or by a predefined role, at once or after SET ROLE; and whether it can use it, \
which takes CONNECT and USAGE on the schema. Who hasn't got it may come to it through a view, a partitioned table or a \
SECURITY DEFINER function.

OBJECT is DATABASE, DATABASE.SCHEMA, DATABASE.SCHEMA.OBJECT or DATABASE.SCHEMA.TABLE.COLUMN, as it is in the database; \
a part with a dot or a quote in it in double quotes.
"""
WHAT: Final = """\
Ask what somebody can do, and by which route.

Asks PostgreSQL, in a read-only transaction, about everything in the database but its own schemas.
"""
MATRIX: Final = """\
Ask what every login can do.

Counts in text, as they are easier to read; --format json has every privilege with its routes.
"""
EPILOG: Final = """\
Exit status:
  0  PostgreSQL has answered; nobody and nothing are answers, too
  1  error: stderr says what is wrong
"""
Format = Annotated[
    Literal["text", "markdown", "json"] | None, typer.Option(help="how to show the answer (default: text)")
]
Json = Annotated[bool, typer.Option("--json", help="the same as --format json")]
Database = Annotated[str | None, typer.Option(metavar="NAME", help="which database (default: PGDATABASE)")]


def who_can(
    privilege: Annotated[str, typer.Argument(metavar="PRIVILEGE", help="SELECT, DELETE, EXECUTE, CONNECT, ...")],
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="such as app.foo.event")],
    env: Env = None,
    format: Format = None,
    json: Json = False,
) -> int:
    form = form_of(format, json=json)

    def run() -> int:
        from keyless.cli import effective

        return effective.who(privilege, object, form)

    return reported(run, env=env)


def what_can(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="a user or a group")],
    database: Database = None,
    env: Env = None,
    format: Format = None,
    json: Json = False,
) -> int:
    form = form_of(format, json=json)

    def run() -> int:
        from keyless.cli import effective

        return effective.what(role, database, form)

    return reported(run, env=env)


def matrix(database: Database = None, env: Env = None, format: Format = None, json: Json = False) -> int:
    form = form_of(format, json=json)

    def run() -> int:
        from keyless.cli import effective

        return effective.matrix(database, form)

    return reported(run, env=env)
