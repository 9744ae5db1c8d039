"""`make rehearse`: deploy the app on this machine, measure who can do what, take it down.

The exit status is 1 when a line is wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pymysql
from rich.console import Console

from db_access.wording import visible
from keyless.ending import INTERRUPTED, orderly, tell
from keyless.output_file import json_file
from keyless.rehearsal.app_folder import AppError, AppFolder
from keyless.rehearsal.cdk.environments import refuse_unknown
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.delays import PUNCTUAL, SLOW, Delays
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.lines.platform.lifecycle import after, going_down
from keyless.rehearsal.lines.report import evidence, shown
from keyless.rehearsal.lines.table import Table, who_can_do_what
from keyless.rehearsal.lines.unmeasured import unmeasured
from keyless.rehearsal.loop.waiting import wait
from keyless.rehearsal.own_lines.reading import RehearsalFileError
from keyless.rehearsal.servers.mysql.errors import ServerError, UnavailableError
from keyless.rehearsal.servers.postgres import PostgresError
from keyless.rehearsal.stage.pinned import pinned
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant, add_options

_DEFAULT: Final = "dev"
_NOT_HELD: Final = (
    *(AppError, RehearsalFileError, FunctionError, CdkError, CloudError, PostgresError, ServerError, UnavailableError),
    OSError,
)
"""What the operator reads without a traceback."""
_SERVERS: Final = (psycopg.Error, pymysql.MySQLError)
"""Of a server in which somebody has changed something by hand."""
_NOT_REHEARSED: Final = (
    "sqlserver, oracle and db2, and pattern D, which is theirs, aren't rehearsed: nothing here makes their users. "
    "`make synth` makes their templates."
)


def main(arguments: list[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    try:
        with orderly():
            app = AppFolder.find(options.app)
            if options.environment is not None:
                refuse_unknown(app, options.environment)
            environment = options.environment or _DEFAULT
            table = rehearse(
                app,
                environment,
                _progress(verbose=options.verbose),
                Variant.chosen(options),
                SLOW if options.slow else PUNCTUAL,
                written=partial(_write, options.json, environment),
                keep=options.keep,
                every=options.all,
            )
            _write(options.json, environment, table)
    except _NOT_HELD as error:
        tell(f"the rehearsal could not be held: {error}")
        return 2
    except KeyboardInterrupt:
        tell("interrupted; nothing is left running")
        return INTERRUPTED
    return status(table.lines)


def _write(to: Path | None, environment: str, table: Table) -> None:
    if to is not None:
        evidence.write(table.lines, table.rows, table.pins, to, environment=environment, spec=table.spec)


def status(lines: Sequence[Line]) -> int:
    """The exit status: 1 when a line is wrong."""
    return 0 if all(line.holds for line in lines) else 1


def rehearse(
    app: AppFolder,
    environment: str,
    progress: Progress,
    variant: Variant,
    delays: Delays = PUNCTUAL,
    *,
    written: Callable[[Table], None],
    keep: bool = False,
    every: bool = False,
) -> Table:
    """The whole rehearsal of one environment; shows the tables and returns them.

    Args:
        written: takes what was measured before it waits for somebody to look around, which may be long (`keep`).
    """
    console = Console(width=None if sys.stdout.isatty() else 140)
    with Stage(app, environment, progress, variant, delays) as stage:
        progress("measuring who can do what")
        table = who_can_do_what(stage, first=True)
        open_questions = list(unmeasured(stage))
        progress("cdk deploy --all, again; meanwhile giving a right by hand, for the drift watch to see")
        with stage.deploying_again() as second:
            lines = [*table.lines, *drift(stage), *after(stage, second)]
        if keep:
            written(replace(table, lines=tuple(lines), pins=pinned(stage)))
            _show(replace(table, lines=tuple(lines), pins=pinned(stage)), console)
            wait(stage, console, partial(_again, stage, console, every=every))
        pins = pinned(stage)
        progress("cdk destroy")
        lines += going_down(stage)
        roles, server = len(stage.removed), "PostgreSQL" if stage.family == "postgresql" else stage.mysql.kind.name
    evidence.show_stand_ins(server, roles, console, every=every)
    whole = replace(table, lines=tuple(lines), pins=pins)
    _show(whole, console, every=every)
    evidence.show_unmeasured(open_questions, console)
    return whole


def _show(table: Table, console: Console, *, every: bool = False) -> None:
    shown.show(table.lines, console, every=every)
    shown.show_rows(table.rows, [*table.notes, *map(str, table.pins)], console)


def _again(stage: Stage, console: Console, *, every: bool) -> None:
    """Measures what is deployed as it is now, whatever was changed by hand meanwhile; that ends no rehearsal."""
    try:
        _show(who_can_do_what(stage), console, every=every)
    except (*_NOT_HELD, *_SERVERS) as error:
        tell(f"it could not be measured: {error}")


def _progress(*, verbose: bool) -> Progress:
    """Prints each step with the time since the start; details, which are indented, only when asked to."""
    start = time.monotonic()

    def report(line: str) -> None:
        if verbose or not line.startswith(" "):
            tell(f"[{time.monotonic() - start:5.1f} s] {visible(line)}")

    return report


def _environment(name: str) -> str:
    if name == "all":
        raise argparse.ArgumentTypeError("all is for make synth; allowed: the name of one environment, such as dev")
    return name


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keyless.rehearsal", description=__doc__, epilog=_NOT_REHEARSED)
    parser.add_argument(
        "--app", type=Path, default=Path(), metavar="DIR", help="the app's folder, or one in it (default: this one)"
    )
    parser.add_argument(
        "--environment",
        type=_environment,
        help=f"which environment's templates to deploy (default: {_DEFAULT})",
    )
    add_options(parser)
    parser.add_argument(
        "--slow", action="store_true", help="as late as AWS is, shortened: see docs/first-deploy.md, what is waited for"
    )
    parser.add_argument("--json", type=json_file, metavar="FILE", help="also write the evidence to FILE")
    parser.add_argument("--all", action="store_true", help="show every line, not only how many hold")
    parser.add_argument(
        "--keep", action="store_true", help="wait for Enter before destroying, to look around and to work on functions"
    )
    parser.add_argument("--verbose", action="store_true", help="show the output of the cdk command line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
