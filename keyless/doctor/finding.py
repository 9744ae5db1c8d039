"""What a hop has to say: what was asked, what was answered, and the way out."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    WELL = "well"
    WRONG = "wrong"
    UNSEEN = "not seen from here"
    UNREACHED = "not reached"


@dataclass(frozen=True)
class Finding:
    """Holds no token and no password."""

    verdict: Verdict
    asked: str
    answered: str
    fix: str = ""
    """A command, or a place in the spec or in the settings; of what is wrong."""


def well(asked: str, answered: str) -> Finding:
    return Finding(Verdict.WELL, asked, answered)


def wrong(asked: str, answered: str, fix: str) -> Finding:
    return Finding(Verdict.WRONG, asked, answered, fix)


def unseen(asked: str, why: str) -> Finding:
    """Whether it is well isn't known."""
    return Finding(Verdict.UNSEEN, asked, why)


def unreached(after: str) -> Finding:
    return Finding(Verdict.UNREACHED, "", f"it comes after {after}, where something is wrong")
