"""What a deployed drift watch has said in its log group, the latest first. Reads only, some days and pages at most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from keyless.cli.environment.stacks import Stacks
from keyless.cli.environment.watch import WatchError, configuration
from keyless.preflight.account.actions import Actions
from keyless.preflight.account.reader import Reader
from keyless.preflight.finding import UnansweredError

ACTIONS: Final[Actions] = {"logs": frozenset({"FilterLogEvents"})}
DAYS: Final = 30
"""Of a log that is kept that long."""
PAGES: Final = 50
"""A page has at most 1 MB (CloudWatch Logs API, FilterLogEvents), and may be empty with others behind it."""
_LOOKS: Final = '{ $.database = "*" }'
"""Lines of JSON that have it, whatever it is: CDK's FilterPattern.exists."""
_GONE: Final = frozenset({"ResourceNotFoundException"})


@dataclass(frozen=True)
class WatchLog:
    group: str
    """Its name; empty where it isn't known."""
    events: tuple[Mapping[str, Any], ...]
    """As FilterLogEvents answers."""
    left_out: str
    """Why there are none, or none that are older; empty where they are all."""


def watch_log(stacks: Stacks, until: datetime) -> WatchLog:
    """Of the environment whose stacks these are. Raises nothing where there is none, or it can't be read."""
    try:
        found = configuration(stacks.clients, stacks.region, stacks.access)
    except WatchError as error:
        return WatchLog("", (), str(error))
    return read(Reader(stacks.clients, ACTIONS), _group(found), until - timedelta(days=DAYS))


def _group(watch: Mapping[str, Any]) -> str:
    return str(watch.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{watch['FunctionName']}")


def read(reader: Reader, group: str, since: datetime) -> WatchLog:
    """What is in the group. Raises nothing where it can't be read."""
    events: list[Mapping[str, Any]] = []
    more = False
    try:
        for page in islice(_pages(reader, group, since), PAGES):
            events += page["events"]
            more = "nextToken" in page
    except UnansweredError as error:
        return WatchLog(group, tuple(events), str(error))
    return WatchLog(group, tuple(events), f"the log has more than {PAGES} pages" if more else "")


def _pages(reader: Reader, group: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Raises UnansweredError."""
    asked: dict[str, Any] = {
        "logGroupName": group,
        "startTime": int(since.timestamp() * 1000),
        "filterPattern": _LOOKS,
        "startFromHead": False,
    }
    while True:
        page = reader.read("logs", "FilterLogEvents", missing=_GONE, **asked)
        if page is None:
            raise UnansweredError(f"the drift watch's log group {group} isn't there")
        yield page
        if "nextToken" not in page:
            return
        asked["nextToken"] = page["nextToken"]
