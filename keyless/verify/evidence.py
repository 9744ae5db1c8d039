"""The result of a verify as one JSON document, and how two of them differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keyless.output_file import write_whole
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.report.evidence import row_as_json
from keyless.verify.deployed import Deployed
from keyless.verify.plan import Place
from keyless.verify.points import Answer, Point
from keyless.verify.rights import Rights
from keyless.verify.waited import Waits


class EvidenceError(Exception):
    """The evidence can't be written."""


@dataclass(frozen=True)
class Verified:
    place: Place
    deployed: Deployed
    lines: Sequence[Line]
    points: Sequence[tuple[Point, Answer]]
    rights: Rights
    timings: Mapping[str, Mapping[str, float]]
    """Milliseconds, by function and hop."""
    notes: Sequence[str]
    """What was not measured because it takes a change, or has nothing to be measured on."""
    waits: Sequence[Waits]
    """Of the app's own logins, by function."""

    def as_json(self, *, rehearsed: bool) -> dict[str, Any]:
        return {
            "where": "rehearsal" if rehearsed else "AWS",
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": self.place.environment,
            "region": self.place.region,
            "spec": self.deployed.spec_digest,
            "templates": dict(self.deployed.digests),
            "lines": [_line(line) for line in self.lines],
            "points": [{"asks": p.asks, "answer": a.verdict, "evidence": a.evidence} for p, a in self.points],
            "who_can_do_what": [row_as_json(row) for row in self.rights.rows],
            "rights_not_measured": list(self.rights.notes),
            "users_not_measured": list(self.rights.unmeasured),
            "not_measured": list(self.notes),
            "waited_logins": [_waits(each) for each in self.waits],
            "milliseconds": {function: dict(hops) for function, hops in self.timings.items()},
        }


def _waits(waits: Waits) -> dict[str, Any]:
    since = waits.since.isoformat(timespec="seconds")
    return {**vars(waits), "since": since, "milliseconds": list(waits.milliseconds)}


def _line(line: Line) -> dict[str, Any]:
    return {
        "what": line.what,
        "expected": line.expected,
        "measured": line.measured.outcome,
        "text": line.measured.message or line.measured.reason,
        "holds": line.holds,
    }


def write(document: Mapping[str, Any], path: Path) -> None:
    """Raises EvidenceError."""
    try:
        write_whole(path, json.dumps(document, indent=2) + "\n")
    except OSError as error:
        raise EvidenceError(f"the evidence could not be written: {error}") from error
