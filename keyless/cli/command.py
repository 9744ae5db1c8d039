"""The `keyless` command: reads the command line, runs one command, turns errors into messages and an exit status.

Progress and errors go to stderr, results to stdout.
"""

import io
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from keyless.cli.arguments import FAILED, parser

_INTERRUPTED = 130
"""The exit status of a command ended by Ctrl-C, by the shells' convention."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `keyless` with these arguments (default: the process's) and return the exit status.

    Raises:
        SystemExit: for --help (status 0) and for a wrong command line (status 1).
    """
    _write_utf8()
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command is None:
        commands.print_help(sys.stderr)
        return FAILED
    with _log_to_stderr(verbose=options.verbose):
        try:
            return _run(options)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python reports the rest at exit
            return FAILED
        except KeyboardInterrupt:
            print("keyless: interrupted; the changes of the database in progress were rolled back", file=sys.stderr)
            return _INTERRUPTED


def _run(options: Namespace) -> int:
    from db_access.errors import AccessError  # imported here and below, so that --help is quick
    from db_access.wording import visible

    try:
        status = _command(options)
        sys.stdout.flush()
        return status
    except AccessError as error:
        print(visible(f"keyless: {error}"), file=sys.stderr)
        return FAILED


def _command(options: Namespace) -> int:
    if options.command == "prove":
        from keyless.cli import prove

        return prove.run(options)
    from keyless.cli import sync

    return sync.run(options)


@contextmanager
def _log_to_stderr(*, verbose: bool) -> Iterator[None]:
    """Show the engine's log: warnings, with `verbose` also every statement."""
    from db_access.logs import printable

    log, handler = logging.getLogger("db_access"), logging.StreamHandler(sys.stderr)
    handler.addFilter(printable)
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO if verbose else logging.WARNING)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _write_utf8() -> None:
    """Whatever the locale: names may have any character, and JSON and SQL are read by other programs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
