"""Around a command of `keyless`: the engine's log to stderr, and errors turned into sentences and an exit status."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from keyless.cli import family, output
from keyless.cli.status import FAILED, INTERRUPTED


def reported(command: Callable[[], int], *, verbose: bool = False, env: str | None = None) -> int:
    """The exit status of `command`, or that of its error once it was said.

    Args:
        command: imports what it needs by itself, so that only the command that runs is loaded.
        verbose: whether the log has every statement.
        env: the environment that it connects to; None where variables say where.
    """
    with output.collected(), _log_to_stderr(verbose=verbose):
        try:
            return _run(partial(_interruptible, command) if env is None else partial(_connected, env, command))
        except OSError as error:
            return output.unwritten(error)
        except KeyboardInterrupt:
            return _interrupted()


def _interruptible(command: Callable[[], int]) -> int:
    """Said while the variables are those of the command's own place."""
    try:
        return command()
    except KeyboardInterrupt:
        return _interrupted()


def _interrupted() -> int:
    print(f"keyless: interrupted; {_left_behind()}", file=sys.stderr)
    return INTERRUPTED


def _left_behind() -> str:
    """MySQL rolls nothing back."""
    if not family.alone():
        return "the changes of the database in progress were rolled back"
    return "nobody has more than the former spec or this one gives, and a sync goes on from where it was"


def _run(command: Callable[[], int]) -> int:
    from db_access import garbage  # imported here and below, so that --help is quick
    from db_access.errors import AccessError
    from db_access.wording import visible

    try:
        with garbage.left_until_later():  # the imports included, which make more than most runs
            return output.finished(command())
    except AccessError as error:
        print(visible(f"keyless: {error}"), file=sys.stderr)
        return FAILED


def _connected(env: str, command: Callable[[], int]) -> int:
    from keyless.cli.environment.chosen import chosen

    with chosen(env):
        return _interruptible(command)


@contextmanager
def _log_to_stderr(*, verbose: bool) -> Iterator[None]:
    """Show the engine's log: warnings, with `verbose` also every statement."""
    from db_access.logs import printable

    log, handler = logging.getLogger("db_access"), logging.StreamHandler(sys.stderr)
    handler.addFilter(printable)
    handler.addFilter(_once())
    logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what it says the engine says in better words
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO if verbose else logging.WARNING)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _once() -> Callable[[logging.LogRecord], bool]:
    """What is said of the spec's secrets, though they are read anew for each database."""
    said: set[str] = set()

    def new(record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if record.name.startswith("db_access.secrets") and text in said:
            return False
        said.add(text)
        return True

    return new
