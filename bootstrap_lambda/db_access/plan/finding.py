"""What the drift watch found, as an answer that every destination of Lambda takes. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from db_access.plan.changes import Change
from db_access.plan.render.lines import line
from db_access.plan.report import EvidenceOf
from db_access.plan.told import Told
from db_access.wording import first, one_line

MOST_BYTES: Final = 60_000
"""As JSON in ASCII. Lambda's destinations, EventBridge and SNS take 256 KB each, and each wraps and escapes what the
one before sends."""
_SENTENCE: Final = 600
_IN_SUMMARY: Final = 3


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How a database differs from its spec, as sentences; nothing of them when it doesn't."""

    database: str
    busy: bool = False
    """A deploy held the engine's lock, so that nothing is known."""
    lock_outs: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    """What a deploy would be refused for."""
    left: tuple[str, ...] = ()
    """What only others can change: a deploy leaves it and is not refused."""
    violations: tuple[str, ...] = ()
    """Who can do more or less than the spec says, and by which way; also roles of others."""
    changes: tuple[str, ...] = ()
    """What a deploy would do."""
    warnings: tuple[str, ...] = ()
    """What isn't the spec's to say, and no drift."""

    @property
    def drift(self) -> int | None:
        """How many differences; None when that is not known."""
        return None if self.busy else len(self._facts) + len(self.changes)

    @property
    def _facts(self) -> tuple[str, ...]:
        return (*self.lock_outs, *self.conflicts, *self.left, *self.violations)

    def answer(self, *, cluster: str) -> dict[str, Any]:
        """As JSON values, cut to MOST_BYTES; `left_out` counts the sentences that had no room."""
        head = {
            "database": self.database,
            "cluster": cluster,
            "drift": self.drift,
            "busy": self.busy,
            "summary": self.summary,
            "digest": self._digest,
            "left_out": 0,
        }
        lists = {
            "lock_outs": self.lock_outs,
            "obstacles": (*self.conflicts, *self.left),  # the text of deployed templates names this field, and the next
            "surprises": self.violations,
            "changes": self.changes,
            "warnings": self.warnings,
        }
        shown = _within(MOST_BYTES - len(json.dumps(head)) - _ROOM_FOR_NAMES, lists)
        return {**head, "left_out": sum(map(len, lists.values())) - sum(map(len, shown.values())), **shown}

    @property
    def summary(self) -> str:
        """For a person's mail: who gained or lost what, the first few."""
        name = _shortened(repr(self.database))
        if self.busy:
            return f"database {name}: a deploy is at work there, so nothing was looked at"
        if not self.drift:
            return f"database {name} is as its access spec says"
        if self._facts:
            return f"database {name} is not as its access spec says: {_first(self._facts)}"
        return f"database {name} is not as its access spec says; a deploy would {_first(self.changes)}"

    @property
    def _digest(self) -> str:
        """The same for the same differences: tells a new finding from one that was reported before."""
        return sha256("\n".join((*self._facts, *self.changes)).encode()).hexdigest()


_ROOM_FOR_NAMES: Final = 200
"""The lists' names and brackets, and a larger `left_out`."""


def of_evidence(evidence: EvidenceOf[Change | Told]) -> Finding:
    return Finding(
        database=evidence.database,
        lock_outs=evidence.lock_outs,
        conflicts=evidence.conflicts,
        left=evidence.left,
        violations=(*evidence.violations, *evidence.outsiders),
        changes=tuple(map(_sentence, evidence.plan)),
        warnings=(*evidence.pending, *evidence.warnings),
    )


def busy(database: str) -> Finding:
    return Finding(database=database, busy=True)


def _sentence(change: Change | Told) -> str:
    entry = line(change)
    return f"{entry.action} {entry.what} ({entry.reason})"


def _first(sentences: Sequence[str]) -> str:
    return "; ".join(first(map(_shortened, sentences), _IN_SUMMARY, len(sentences)))


def _within(room: int, lists: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The beginning of all the sentences, as far as it fits; the most telling list comes first."""
    shown: dict[str, list[str]] = {name: [] for name in lists}
    for name, sentence in _all(lists):
        room -= len(json.dumps(sentence)) + 2
        if room < 0:
            break
        shown[name].append(sentence)
    return shown


def _all(lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    yield from ((name, _shortened(sentence)) for name, sentences in lists.items() for sentence in sentences)


def _shortened(sentence: str) -> str:
    """On one line, whatever names are in it."""
    text = one_line(sentence)
    return text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]} …"
