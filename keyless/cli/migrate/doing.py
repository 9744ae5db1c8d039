"""Which step of which migrations is asked for, and how."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from keyless.editing.edits import Document
from keyless.migrate import edits
from keyless.migrate.phase import Migration, passwords


class Step(Enum):
    STATUS = "status"
    START = "start"
    SWITCH = "switch"
    FINISH = "finish"
    BACK = "back"

    @property
    def edits(self) -> edits.Step:
        """What it changes in the spec."""
        match self:
            case Step.STATUS:
                return lambda document, migration: []
            case Step.START:
                return edits.start
            case Step.SWITCH:
                return edits.switch
            case Step.FINISH:
                return edits.finish
            case Step.BACK:
                return edits.back
            case _:
                assert_never(self)


@dataclass(frozen=True)
class Who:
    user: str | None
    """None: every user that has a password."""
    new_name: str | None = None

    def migrations(self, document: Document) -> list[Migration]:
        if self.user is not None:
            return [Migration.of(self.user, self.new_name)]
        return [Migration.of(name) for name in passwords(document)]


@dataclass(frozen=True)
class Doing:
    dry_run: bool = False
    as_json: bool = False
    sync: bool = False
    yes: bool = False
    accept: Collection[str] = ()
    """Points that may differ, by name."""
    end_sessions: bool = False
    """Whether the step may end those that are open."""
    wait: float = 0.0
    """Seconds for the new user to log in."""
    log_in: bool = False
    """Whether a login of the command's own is enough."""


@dataclass(frozen=True)
class Made:
    """What a step changed."""

    diff: str = ""
    changed: bool = False
    status: int = 0
    sync: str = ""
    """As the sync shows what it did."""
