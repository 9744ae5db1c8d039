"""A finished plan for a pull request's comment: counts, the lines as a diff, folded when there are many. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from db_access.plan.changes import Change
from db_access.plan.render.lines import SIGNS, Line, counted, grouped
from db_access.plan.render.words import Action
from db_access.plan.report import AnyReports, ReportOf
from db_access.plan.told import Told
from db_access.wording import fitting, more, one_line

_UNFOLDED: Final = 20
"""Lines that a pull request comment shows at once."""
_COMMENT_CHARACTERS: Final = 50_000
"""GitHub takes 65,536 in one comment; the rest is for what stands around the lines."""


def as_markdown(reports: AnyReports, *, room: int = _COMMENT_CHARACTERS) -> str:
    """`room`: characters, for all databases together."""
    room //= max(1, len(reports))
    return "\n\n".join("\n".join(_markdown(database, report, room)) for database, report in reports.items()) + "\n"


def _markdown(database: str, report: ReportOf[Change | Told], room: int) -> Iterator[str]:
    yield f"#### Database {_code(one_line(database))}: {counted(report.plan)}"
    notes = [*_notes("pending", report.pending, room // 4), *_notes("warning", report.warnings, room // 4)]
    yield from ["", *notes] if notes else []
    groups = grouped(report.plan)
    if not groups:
        return
    yield ""
    yield f"| | {' | '.join(Action)} |"
    yield f"|---|{'---:|' * len(Action)}"
    for group, lines in groups.items():
        yield f"| {group} | {' | '.join(str(sum(entry.action is action for entry in lines)) for action in Action)} |"
    yield ""
    yield from _folded(
        "\n".join(_diff(groups, room - sum(map(len, notes)))), folded=sum(map(len, groups.values())) > _UNFOLDED
    )


def _notes(what: str, sentences: Iterable[str], room: int) -> Iterator[str]:
    """As a list, which ends where there is no more room."""
    shown, left = fitting([f"- {what}: {_code(one_line(sentence))}" for sentence in sentences], room)
    yield from shown
    if left:
        yield f"- {what}: {more(left)}"


def _diff(groups: Mapping[str, list[Line]], room: int) -> Iterator[str]:
    """In the colours of a diff: GitHub paints `!` as changed and `@@` as a heading."""
    signs = {**SIGNS, Action.CHANGE: "!"}
    for group, lines in groups.items():
        yield f"@@ {group} @@"
        shown, left = fitting([f"{signs[entry.action]} {entry.what}  -- {entry.reason}" for entry in lines], room)
        yield from shown
        room = 0 if left else room - sum(len(line) + 1 for line in shown)
        if left:
            yield f"  {more(left)}"


def _folded(diff: str, *, folded: bool) -> Iterator[str]:
    fence = _fence(diff, at_least=3)
    if folded:
        yield "<details><summary>every change</summary>\n"
    yield f"{fence}diff\n{diff}\n{fence}"
    if folded:
        yield "\n</details>"


def _code(text: str) -> str:
    """`text` as it is, whatever in it would be markup."""
    quote = _fence(text, at_least=1)
    return f"{quote} {text} {quote}"


def _fence(content: str, *, at_least: int) -> str:
    """A run of backticks that doesn't occur in the content, so that nothing in it can end the quotation."""
    longest = max(map(len, re.findall("`+", content)), default=0)
    return "`" * max(at_least, longest + 1)
