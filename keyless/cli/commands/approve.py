from argparse import ArgumentTypeError
from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.options import SPEC, Config, Env, ManagedBy, OfSpec, Secrets, refuse_both, refuse_idle
from keyless.cli.running import reported
from keyless.output_file import output_file_made

HELP: Final = """\
Write down what a deploy would do, for review.

Read-only. Looks at what a deploy would do in each database of the spec, and writes it to a file, with which databases \
those are. Once an environment needs an approval, a deploy does that or nothing (docs/approval.md).

A deployment's spec is named after its access stack: say so with --managed-by, if the spec doesn't.
"""
EPILOG: Final = """\
Exit status:
  0  the file is written
  1  error: stderr says what is wrong; nothing is written
"""


def _made(text: str) -> Path:
    try:
        return output_file_made(text)
    except ArgumentTypeError as error:
        raise typer.BadParameter(str(error)) from error


def approve(
    to: Annotated[Path, typer.Option(parser=_made, help="config/approved/ENVIRONMENT.json", metavar="FILE")],
    config: Config = SPEC,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    function: Annotated[
        str | None,
        typer.Option(
            help="or ARN: have the environment's drift watch look, in the database's network, instead of connecting",
            metavar="NAME",
        ),
    ] = None,
    first: Annotated[
        bool,
        typer.Option(
            "--first",
            help="connect to nothing: approve whatever the spec gives in databases that nobody has anything in yet",
        ),
    ] = False,
) -> int:
    refuse_both("--first", "--function", given=first and function is not None)
    if first or function is not None:
        where = "with --function or --first: this command connects to nothing then"
        refuse_idle(where, env=env is not None, secret=bool(secrets))

    def run() -> int:
        from keyless.cli import approve

        of = OfSpec(config, secrets=secrets or (), managed_by=managed_by)
        return approve.run(of, to, watch=function, first=first)

    return reported(run, env=env)
