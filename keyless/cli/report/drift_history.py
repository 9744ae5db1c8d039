"""What a report says of the drift watch: what its log has, or why there is none. Reads only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from db_access.wording import listed
from keyless.cli.connection import tell
from keyless.cli.environment.stacks import stacks_of
from keyless.cli.environment.watch_log import DAYS, WatchLog, watch_log
from keyless.report.read import history
from keyless.report.read.history import History, Look

_NOT_GIVEN: Final = "No history was given (--history FILE, or --env): nothing here says what the drift watch has found."


def of_files(files: Sequence[Path] | None, looks: Sequence[Look]) -> History:
    """What files have; None where none are named."""
    if files is None:
        return History((), _NOT_GIVEN)
    return History(history.in_time(looks), f"From {listed([file.name for file in files])}.")


def deployed(env: str) -> History:
    """What the environment's own log has. Where there is none, a page without it is better than no page: it says why.

    Raises:
        EnvironmentNotFoundError: as `stacks_of` does.
    """
    log = watch_log(stacks_of(env), datetime.now(UTC))
    looks = history.in_time(history.of_events(log.events))
    if not looks:
        tell(said := _none(log))
        return History((), said)
    rest = f"; older ones are left out, for {log.left_out}; allowed: --history FILE" if log.left_out else ""
    return History(looks, f"From log group {log.group}, at most {DAYS} days back{rest}.")


def _none(log: WatchLog) -> str:
    why = log.left_out or f"log group {log.group} has no answer of the drift watch of the last {DAYS} days"
    return f"There is no drift history, for {why}; allowed also: --history FILE."
