"""Whose sessions RDS Proxy would have pinned, and by what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from keyless.rehearsal.deployment.kinds import LogsIn
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pin
from keyless.rehearsal.stage.running import Stage


@dataclass(frozen=True)
class Pinned:
    """Of one function, service or group of servers."""

    function: str
    user: str
    sessions: int
    """How many would have been pinned."""
    by: tuple[str, ...]

    def __str__(self) -> str:
        pins = "1 pin" if len(self.by) == 1 else f"{len(self.by)} pins"
        return f"{self.function}: {pins}: {', '.join(self.by)}"


def pinned(stage: Stage) -> tuple[Pinned, ...]:
    """Of each that has pinned a session since the stage began."""
    return by_function(stage.deployed.logging_in, stage.pins.all())


def by_function(clients: Iterable[LogsIn], pins: Iterable[Pin]) -> tuple[Pinned, ...]:
    whose: defaultdict[tuple[str, str], list[Pin]] = defaultdict(list)
    for pin in pins:
        whose[_function(clients, pin), pin.user].append(pin)
    return tuple(_of(function, user, whose[function, user]) for function, user in sorted(whose))


def _of(function: str, user: str, pins: list[Pin]) -> Pinned:
    return Pinned(function, user, len({pin.session for pin in pins}), tuple(dict.fromkeys(pin.by for pin in pins)))


def _function(clients: Iterable[LogsIn], pin: Pin) -> str:
    """By the session's name, which is the function's, and where that says nothing by the role and the user."""
    role, _, session = pin.principal.rpartition(":assumed-role/")[2].partition("/")
    same = [each for each in clients if each.user == pin.user and (not role or each.role.endswith(f"/{role}"))]
    named = [each for each in same if session and each.session == session]
    return " or ".join(each.name for each in named or same) or f"the user {pin.user}"
