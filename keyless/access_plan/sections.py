"""The changes of an access plan as sections of a comment: what nobody must miss, the others, and all of them as text.
Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from db_access.plan import render
from db_access.plan.changes import lasting
from db_access.plan.render.lines import SIGNS, Line
from db_access.plan.render.words import Action
from db_access.plan.report import Reports
from db_access.wording import fitting, one_line
from keyless.access_plan.first import Look, first, rest, spelt_out
from keyless.markdown import code, fenced

_URGENT: Final = 38_000
"""Characters of what nobody must miss."""
_ALL: Final = 46_000
"""Characters of all changes."""
_IN_DIFF: Final = {**SIGNS, Action.CHANGE: "!"}
"""What GitHub paints in a diff."""


def urgent(document: Sequence[Line], reports: Reports) -> tuple[str, int]:
    """What nobody must miss, and how many changes of it have no room: what only the documents show, and statements."""
    shown, left = fitting([*_lines(document)], _URGENT)
    room = 0 if left else _URGENT - sum(len(text) + 1 for text in shown)
    heading = "#### To look at first, in the spec: what no statement below shows"
    parts = [f"{heading}\n\n" + fenced("\n".join(shown), "diff")] if shown else []
    for database, report in reports.items():
        looks = first(report.plan)
        shown, missing = _shown(looks, room)
        room, left = room - sum(len(text) + 1 for text in shown), left + missing
        if shown:
            heading = f"#### To look at first, in database {code(one_line(database))}"
            parts.append(f"{heading}\n\n" + fenced("\n".join(shown), "diff"))
    return "\n\n".join(parts), left


def _shown(looks: dict[Look, list[Line]], room: int) -> tuple[list[str], int]:
    """As many lines as fit into `room` characters, and how many don't."""
    found: list[str] = []
    left = 0
    for look, entries in looks.items():
        shown, missing = fitting([f"@@ {look} @@", *_lines(entries)], room)
        room = 0 if missing else room - sum(len(text) + 1 for text in shown)
        found += shown
        left += min(missing, len(entries))
    return found, left


def _lines(entries: Sequence[Line]) -> Iterator[str]:
    return (f"{_IN_DIFF[entry.action]} {entry.what}  -- {entry.reason}" for entry in entries)


def others(reports: Reports, *, taken: int) -> str:
    """Everything else, cut to what `taken` characters leave of the room."""
    kept = {name: replace(report, plan=rest(report.plan)) for name, report in reports.items()}
    return render.as_markdown({n: r for n, r in kept.items() if r.plan or r.pending}, room=_ALL - taken).strip()


def whole(document: Sequence[Line], reports: Reports, unmade: Sequence[str] = ()) -> str:
    """Everything, with every name, whatever the number."""
    return "".join(f"{text}\n" for text in (*unmade, *_whole_document(document), *_whole(reports)))


def _whole_document(document: Sequence[Line]) -> Iterator[str]:
    if document:
        yield "the spec"
    yield from (f"  {SIGNS[entry.action]} {entry.what}  -- {entry.reason}" for entry in document)


def _whole(reports: Reports) -> Iterator[str]:
    for database, report in reports.items():
        yield f"database {one_line(database)}"
        for change in lasting(report.plan):
            for entry in map(render.line, spelt_out(change)):
                yield f"  {SIGNS[entry.action]} {entry.what}  -- {entry.reason}"
        yield from (f"  ? {one_line(sentence)}" for sentence in report.pending)
