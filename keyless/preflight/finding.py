"""What a check has to say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105  (not a password)
    FAIL = "fail"
    UNKNOWN = "unknown"


class UnansweredError(Exception):
    """AWS did not answer a question. The message says which, and what is missing."""


@dataclass(frozen=True)
class Problem:
    """Something in a deploy's way, or something that can't be known (`unknown`)."""

    evidence: str
    remedies: tuple[str, ...] = ()
    """Commands, or what to change; one of them is enough."""
    verdict: Verdict = Verdict.FAIL

    @classmethod
    def unknown(cls, evidence: str) -> "Problem":
        return cls(evidence, verdict=Verdict.UNKNOWN)


@dataclass(frozen=True)
class Result:
    """What one check found in one account and region."""

    check: str
    problems: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of its problems'."""
        found = {problem.verdict for problem in self.problems}
        return next((verdict for verdict in (Verdict.FAIL, Verdict.UNKNOWN) if verdict in found), Verdict.PASS)


def attempt(looking: Iterable[Problem]) -> Iterator[Problem]:
    """The problems found, and, in place of those that follow a question without an answer, that it has none."""
    try:
        yield from looking
    except UnansweredError as error:
        yield Problem.unknown(str(error))
