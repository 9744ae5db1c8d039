from argparse import ArgumentTypeError
from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.options import SPEC, Env, Json
from keyless.cli.running import reported
from keyless.output_file import output_file

HELP: Final = """\
Write a spec from a database that is there.

A sync of it finds nothing to do and takes nothing: the engine's own plan is asked, and a role about which it would \
change anything is not declared but acknowledged, with the reason. All that the spec doesn't say stands in it as \
comments, and on stderr.

Read-only, unless --mark is given. That writes on each declared role, as its comment, who manages it; until then a \
sync is refused. Connect as who is to make the runs: the cluster's master user.
"""
EPILOG: Final = """\
Exit status:
  0  the file is written
  1  error: stderr says what is wrong; no file was written
"""


def _writable(text: str) -> Path:
    try:
        return output_file(text)
    except ArgumentTypeError as error:
        raise typer.BadParameter(str(error)) from error


def adopt(
    database: Annotated[str | None, typer.Option(metavar="NAME", help="which database (default: PGDATABASE)")] = None,
    to: Annotated[
        Path | None, typer.Option(parser=_writable, help=f"a new file (default: {SPEC})", metavar="FILE")
    ] = None,
    managed_by: Annotated[
        str,
        typer.Option(help="who is to manage the roles: of a deployment the name of its access stack", metavar="NAME"),
    ] = "keyless-aurora",
    mark: Annotated[bool, typer.Option("--mark", help="also write on the roles who manages them")] = False,
    env: Env = None,
    json: Json = False,
) -> int:
    def run() -> int:
        from keyless.cli import adopt

        return adopt.run(database, to or SPEC, managed_by, mark=mark, as_json=json)

    return reported(run, env=env)
