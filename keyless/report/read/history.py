"""What the drift watch has found over time, from its log: events of its log group, or an export (docs/report.md).

A line is an answer of the watch (docs/drift-watch.md), alone, behind a time and a space as CloudWatch Logs exports it
to S3, or as the `message` of an event as `aws logs filter-log-events` prints it. Lines of others, such as Lambda's
START and REPORT, are left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from keyless.report.read.errors import ForeignFileError
from keyless.report.read.file import read

_OPTION: Final = "--history"
_FORM: Final = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class Look:
    at: str
    """Empty where the line doesn't say."""
    database: str
    drift: int | None
    """None: something differed while a deploy was running."""
    digest: str
    summary: str


@dataclass(frozen=True)
class Period:
    """Looks at one database, one after the other, that found the same."""

    first: Look
    last: Look
    looks: int


@dataclass(frozen=True)
class History:
    looks: Sequence[Look]
    """In the order of time."""
    source: str
    """Where they are from and what is left out, or why there are none: a sentence."""


def load(path: Path) -> list[Look]:
    """Raises ForeignFileError where the file has no answer of the watch."""
    found = list(_looks(read(path, _OPTION)))
    if not found:
        raise ForeignFileError(
            f"{_OPTION}: {path} has no answer of a drift watch; allowed: its log as JSON lines, as CloudWatch Logs "
            "exports it, or as `aws logs filter-log-events` prints it"
        )
    return found


def in_time(looks: Iterable[Look]) -> list[Look]:
    return sorted(looks, key=lambda look: look.at)


def periods(looks: Iterable[Look]) -> list[Period]:
    """Of looks in the order of time; by database, the latest first."""
    by_database: dict[str, list[Look]] = {}
    for look in looks:
        by_database.setdefault(look.database, []).append(look)
    found = []
    for several in by_database.values():
        for _, same in groupby(several, lambda look: (look.drift, look.digest)):
            run = list(same)
            found.append(Period(run[0], run[-1], len(run)))
    return sorted(found, key=lambda period: period.last.at)[::-1]  # of one second, what came later first, too


def _looks(text: str) -> Iterator[Look]:
    whole = _json(text)
    events = whole.get("events") if isinstance(whole, dict) else None
    return of_events(events if isinstance(events, list) else map(_entry, text.splitlines()))


def of_events(entries: Iterable[Any]) -> Iterator[Look]:
    """Of those that are answers of the watch."""
    for entry in entries:
        at, answer = _answer(entry)
        if answer is not None:
            yield _look(at, answer)


def _entry(line: str) -> Any:
    """The line's JSON; of an export's line with its time beside it."""
    time, space, rest = line.strip().partition(" ")
    if (found := _json(line)) is None and space and _time(time):
        return {"timestamp": time, "message": rest}
    return found


def _answer(entry: Any) -> tuple[str, Mapping[str, Any] | None]:
    if not isinstance(entry, dict):
        return "", None
    if isinstance(message := entry.get("message"), str):
        return _time(entry.get("timestamp")), _of_watch(_json(message))
    return "", _of_watch(entry)


def _of_watch(found: Any) -> Mapping[str, Any] | None:
    if not isinstance(found, dict) or not isinstance(found.get("database"), str) or "drift" not in found:
        return None
    drift = found["drift"]
    return found if drift is None or (isinstance(drift, int) and not isinstance(drift, bool) and drift >= 0) else None


def _look(at: str, answer: Mapping[str, Any]) -> Look:
    return Look(at, answer["database"], answer["drift"], *(str(answer.get(name, "")) for name in ("digest", "summary")))


def _time(said: object) -> str:
    """Milliseconds since 1970, or text of ISO 8601; empty for anything else."""
    try:
        if isinstance(said, int | float):
            return _shown(datetime.fromtimestamp(said / 1000, UTC))
        return _shown(datetime.fromisoformat(str(said)))
    except (OverflowError, OSError, ValueError):
        return ""


def _shown(time: datetime) -> str:
    """Raises ValueError where it isn't said of which zone."""
    if time.tzinfo is None:
        raise ValueError(time)
    return time.astimezone(UTC).strftime(_FORM)


def moment(at: str) -> datetime:
    """Of a look's time, which is said."""
    return datetime.strptime(at, _FORM).replace(tzinfo=UTC)


def _json(text: str) -> Any:
    """None: it isn't JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
