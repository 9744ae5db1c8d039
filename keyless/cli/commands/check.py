from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.options import SPEC, Json, refuse_both
from keyless.cli.running import reported

HELP: Final = """\
Say what is wrong with an access spec.

Reads the file alone: no database, no AWS, no credentials. What an environment asks of a spec in addition, such as the \
drift watch's user, `make synth` checks.
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
    json: Json = False,
) -> int:
    refuse_both("FILE", "--config", given=file is not None and config is not None)

    def run() -> int:
        from keyless.cli import check

        return check.run(file or config or SPEC, as_json=json)

    return reported(run)
