from argparse import Namespace
from pathlib import Path
from typing import Annotated, Final

import typer

HELP: Final = """\
Write an app of your own that uses this library.

Writes a folder with an app of your own: environments, an access spec, two functions, tests, GitHub workflows, a \
Makefile, and everything that it installs, locked by hashes. In it `make rehearse` and `make test` work at once. Asks \
at a terminal; elsewhere, and with --yes, the defaults stand for what isn't given.
"""
EPILOG: Final = """\
Exit status:
  0  written
  1  error: stderr says what is wrong; nothing was written
"""


def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="a new or an empty folder; . for this one")],
    name: Annotated[
        str | None,
        typer.Option(help="the app's, in the names of all that it has (default: like the folder's)", metavar="NAME"),
    ] = None,
    region: Annotated[str | None, typer.Option(help="the AWS region (default: eu-west-1)", metavar="REGION")] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            "--database",
            help="aurora, instance, aurora-mysql, mysql or mariadb (default: aurora)",
            metavar="ENGINE",
        ),
    ] = None,
    pattern: Annotated[
        str | None, typer.Option(help="A, B or C, the way to the database (default: A)", metavar="PATTERN")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="SCHEMA.TABLE", help="the first table (default: app.event)")
    ] = None,
    wheel: Annotated[Path | None, typer.Option(metavar="FILE", help="the library's wheel to put into the app")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="ask nothing: the defaults for what isn't given")] = False,
) -> int:
    from keyless import init

    return init.run(
        Namespace(
            folder=folder, name=name, region=region, engine=engine, pattern=pattern, table=table, wheel=wheel, yes=yes
        )
    )
