"""What a verify on the account, or a rehearsal, has tried: wrong lines first."""

from collections.abc import Iterable, Sequence
from typing import Final

from keyless.report.contents import Contents
from keyless.report.markup import Markup, element, joined, listed, name, table
from keyless.report.read.evidence import Evidence, Line
from keyless.report.sections.section import Section, counted, verdict

_LINES, _LETTERS, _NOTES = 600, 300, 100
_NONE: Final = "No evidence was given (--evidence FILE): nothing here says whether logins were tried."


def section(of: Contents) -> Section:
    found = (_of_file(one, one.elsewhere(of.spec_digest, of.templates)) for one in of.evidence)
    inside = joined(found) if of.evidence else element("p", verdict(None, _NONE))
    return Section("evidence", "What was tried", inside)


def _of_file(found: Evidence, elsewhere: Sequence[str]) -> Markup:
    title = element("h3", f"{found.where.capitalize() if found.where != 'AWS' else 'AWS'}: ", name(found.file))
    held = len(found.lines) - len(found.wrong)
    said = element("p", verdict(not found.wrong, f"{held:,} of {counted(len(found.lines), 'line')} as expected"))
    return joined((title, _origin(found, elsewhere), said, *_lines(found), *_points(found), *_unmeasured(found)))


def _origin(found: Evidence, elsewhere: Sequence[str]) -> Markup:
    said = [f"environment {found.environment}" if found.environment else "", found.when and f"made {found.when}"]
    facts = element("p", ", ".join(filter(None, said)), class_="about") if any(said) else ""
    about = [verdict(False, words[:_LETTERS]) for words in elsewhere]
    if not found.spec:
        about.append(verdict(None, "the file doesn't say which access spec was deployed"))
    return joined((facts, *(element("p", one) for one in about or [verdict(True, "of this access spec")])))


def _lines(found: Evidence) -> Iterable[Markup]:
    wrong, right = found.wrong, [line for line in found.lines if line.holds]
    if wrong:
        yield _table(f"{found.file}: not as expected", wrong)
    if right:
        summary = element("summary", f"What was tried and came out as expected ({len(right):,})")
        yield element("details", summary, _table(f"{found.file}: as expected", right))


def _table(caption: str, lines: Sequence[Line]) -> Markup:
    left = len(lines) - _LINES
    shown = table(f"{caption} ({len(lines):,})", ("what", "expected", "measured", "because"), map(_row, lines[:_LINES]))
    return joined((shown, element("p", f"and {left:,} more in the file") if left > 0 else ""))


def _row(line: Line) -> tuple[str, ...]:
    sign = verdict(line.holds, line.measured[:_LETTERS])
    return line.what[:_LETTERS], line.expected[:_LETTERS], sign, line.reason[:_LETTERS]


def _points(found: Evidence) -> Iterable[Markup]:
    if found.points:
        rows = ((asks[:_LETTERS], answer[:_LETTERS], why[:_LETTERS]) for asks, answer, why in found.points[:_NOTES])
        yield table(f"{found.file}: what only AWS can show", ("question", "answer", "evidence"), rows)


def _unmeasured(found: Evidence) -> Iterable[Markup]:
    if found.unmeasured:
        yield element("h4", f"Not measured ({len(found.unmeasured):,})")
        yield listed([note[:_LETTERS] for note in found.unmeasured], _NOTES)
