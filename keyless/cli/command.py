"""The `keyless` command: reads the command line, runs one command, and says what is wrong with the line.

Progress and errors go to stderr, results to stdout.
"""

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from typer import TyperException

from keyless.cli.app import command
from keyless.cli.output import unwritten
from keyless.cli.status import FAILED

_COMPLETION: Final = "_KEYLESS_COMPLETE"
"""In the environment when a shell asks for completions, without arguments."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `keyless` with these arguments (default: the process's) and return the exit status.

    Raises:
        SystemExit: for a wrong command line (status 1), and once a shell's question for completions is answered.
    """
    _open_what_is_closed()
    _write_utf8()
    if not _stands_somewhere():
        return FAILED
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given and _COMPLETION not in os.environ:
        with contextlib.redirect_stdout(sys.stderr):
            command().main(["--help"], prog_name="keyless", standalone_mode=False)
        return FAILED
    try:
        status = int(command().main(given, prog_name="keyless", standalone_mode=False))
        sys.stdout.flush()  # of --help and --version; commands have done it
        return status
    except OSError as error:
        return unwritten(error)
    except TyperException as error:
        print(_refusal(error), file=sys.stderr)
        raise SystemExit(FAILED) from None


def _refusal(error: TyperException) -> str:
    """Not with the library's own status, which is 2: that means here that something differs."""
    from db_access.wording import one_line

    context = getattr(error, "ctx", None)
    name = context.command_path if context is not None else "keyless"
    message = one_line(error.format_message()).replace("Value error, ", "").removeprefix("Invalid value: ").rstrip(".")
    if message[1:2].islower():  # a word, and no name such as FILE
        message = message[:1].lower() + message[1:]
    return f"{name}: {message}; {name} --help shows what is allowed"


def _stands_somewhere() -> bool:
    """Whether the folder that the shell is in is still there: paths mean nothing without, and some of Python fails."""
    try:
        Path.cwd()
    except FileNotFoundError:
        print("keyless: this folder has been removed; allowed: cd to one that is there", file=sys.stderr)
        return False
    return True


def _open_what_is_closed() -> None:
    """`>&-` is as `>/dev/null`: the next file or connection to be opened would otherwise be stdout, and be written to.
    In their order, as the lowest free descriptor is taken."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the end


def _write_utf8() -> None:
    """Whatever the locale: names may have any character, and JSON and SQL are read by other programs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
