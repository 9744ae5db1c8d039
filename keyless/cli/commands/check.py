from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.family import Engine
from keyless.cli.options import SPEC, Json, refuse_both
from keyless.cli.running import reported

HELP: Final = """\
Say what is wrong with an access spec.

Reads the file alone: no database, no AWS, no credentials. With --engine mysql, aurora-mysql or mariadb, or where \
MYSQL_HOST says a MySQL server, also says what these have no word for, as the synth of such an environment does. \
What an environment asks of a spec in addition, such as the drift watch's user, `make synth` checks.
"""
EPILOG: Final = """\
Exit status:
  0  the spec is valid; stderr has warnings, if any
  1  it isn't: stderr, or with --json stdout, has every problem with its
     place, file and line
"""


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=f"the access spec, YAML or JSON (default: {SPEC})")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="the same, as other commands take it; not with the argument")
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(help="what the spec is for (default: mysql where MYSQL_HOST is set, else postgresql)"),
    ] = None,
    json: Json = False,
) -> int:
    refuse_both("FILE", "--config", given=file is not None and config is not None)

    def run() -> int:
        from keyless.cli import check

        return check.run(file or config or SPEC, engine, as_json=json)

    return reported(run)
