from argparse import ArgumentTypeError
from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.options import SPEC, Config, Env, ManagedBy, OfSpec, Secrets, refuse_both
from keyless.cli.running import reported
from keyless.output_file import output_file_made

HELP: Final = """\
Write one page for auditors: who can do what, by which route, and on what evidence.

Read-only. The page has the way to the database as a picture, what each login can do with the routes that lead there, \
what a sync would change, whether the databases are as the spec says, what was tried, from files, and what the drift \
watch has found, from its own log or from files. It is one HTML file that loads nothing from anywhere.
"""
EPILOG: Final = """\
Examples:
  keyless report --to report.html
                                all databases of the spec
  keyless report --env dev --to report.html
                                of a deployed environment, its templates, and
                                what its drift watch has found in 30 days
  keyless report --evidence verify.json --history drift.json --to report.html
                                with what was tried and found

Exit status:
  0  the page is written, and the databases match the spec
  1  error: stderr says what is wrong; a database that can't be looked at is
     named in the page, which is written if there is any other
  2  the page is written, and the databases don't match the spec
"""


def _made(text: str) -> Path:
    try:
        return output_file_made(text)
    except ArgumentTypeError as error:
        raise typer.BadParameter(str(error)) from error


_FILES: Final = "What else is in it"


def report(
    to: Annotated[Path, typer.Option(parser=_made, help="where to write the page", metavar="FILE")],
    config: Config = SPEC,
    databases: Annotated[
        list[str] | None,
        typer.Option(
            "--database", help="only this database of the spec (default: all of them); may be repeated", metavar="NAME"
        ),
    ] = None,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    assembly: Annotated[
        Path | None,
        typer.Option(
            help="the templates that `cdk synth` wrote, for the way to the database (with --env: those deployed)",
            metavar="FOLDER",
            rich_help_panel=_FILES,
        ),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            help="what `keyless verify --json` or `keyless rehearse --json` wrote; may be repeated",
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    history: Annotated[
        list[Path] | None,
        typer.Option(
            help="the drift watch's log as JSON lines or as `aws logs filter-log-events` prints it, instead of the log "
            "that --env reads; may be repeated",
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
) -> int:
    refuse_both("--assembly", "--env", given=assembly is not None and env is not None)

    def run() -> int:
        from keyless.cli.report.run import run as written
        from keyless.cli.report.sources import Files

        files = Files(assembly, evidence or (), history)
        of = OfSpec(config, None, secrets or (), managed_by)
        return written(of, to, databases=databases or (), env=env, files=files)

    return reported(run, env=env)
