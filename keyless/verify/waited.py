"""How long the app's own logins had to wait since the access was last deployed: the client says so in the functions'
logs. Reads these, and changes nothing.

A first login after a GRANT of rds_iam is among them when the function was called before the GRANT was in effect. A
function that was called later had nothing to wait for: what is told is what was waited, not how late AWS is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from keyless.verify.deployed import Clients, Deployed, Function
from keyless_client.refusals import Passing
from keyless_client.waiting import WAITED

_PATTERN: Final = f'"{WAITED}"'


@dataclass(frozen=True)
class Waits:
    """Of one function."""

    function: str
    since: datetime
    milliseconds: tuple[float, ...] = ()
    """Of each login that waited for a refusal to pass: what had just been granted, or a password just rotated."""
    problem: str = field(default="", kw_only=True)
    """Why nothing is known."""

    def __str__(self) -> str:
        since = f"since {self.since.isoformat(timespec='seconds')}"
        if self.problem:
            return f"{self.function}: not measured: {self.problem}"
        if not self.milliseconds:
            return f"{self.function}: no login waited for a grant to be in effect {since}, or none was made"
        longest = max(self.milliseconds)
        return f"{self.function}: {len(self.milliseconds)} logins waited {since}, the longest {longest:.0f} ms"


def waited(clients: Clients, deployed: Deployed) -> tuple[Waits, ...]:
    """Of each function of the app."""
    stack = f"{deployed.prefix}-access"
    (found,) = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    since = found.get("LastUpdatedTime") or found["CreationTime"]
    return tuple(_of(clients("logs"), function, since) for function in deployed.functions)


def _of(logs: Any, function: Function, since: datetime) -> Waits:
    try:
        return Waits(function.name, since, tuple(_settled(logs, function, since)))
    except ClientError as error:
        return Waits(function.name, since, problem=f"its log can't be read: {error}")


def _settled(logs: Any, function: Function, since: datetime) -> Iterator[float]:
    group = function.configuration["LoggingConfig"]["LogGroup"]
    start = int(since.timestamp() * 1000)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=start, filterPattern=_PATTERN
    )
    for event in (event for page in pages for event in page["events"]):
        told = _told(str(event["message"]))
        if Passing.SETTLES.value in told.get("for", ()):
            yield float(told["milliseconds"])


def _told(message: str) -> dict[str, Any]:
    """The client's own JSON, behind Lambda's words or inside its JSON. Nothing of a line that is something else."""
    try:
        found = json.loads(message[message.index("{") : message.rindex("}") + 1])
        return _told(str(found["message"])) if "message" in found else dict(found[WAITED])
    except (KeyError, TypeError, ValueError):
        return {}
