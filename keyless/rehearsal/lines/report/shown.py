"""The tables for people: lines by group, short when all is well, and what each user can do."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.report.literal import literal
from keyless.rehearsal.lines.rights.words import KINDS, NOTHING, Row


def show(lines: Sequence[Line], console: Console, *, every: bool = False) -> None:
    """How many lines of each group hold; of a group with a wrong one its wrong lines, in full. With `every`, all."""
    groups = _by_group(lines)
    if every:
        for group, members in groups.items():
            console.print(_all(group, members))
    console.print(_summary(groups))
    wrong = [line for line in lines if not line.holds]
    for line in wrong:
        console.print(literal(_in_full(line)))
    console.print(f"{len(lines) - len(wrong)} of {len(lines)} lines as expected.")


def show_rows(rows: Sequence[Row], notes: Sequence[str], console: Console) -> None:
    """Who was seen to be able to do what."""
    table = Table(title="Who can do what", title_justify="left", pad_edge=False)
    kinds = rows[0].kinds if rows else KINDS
    for heading in ("user", "database", "schemas", *(kind.plural for kind in kinds[:-1]), "new objects"):
        table.add_column(heading, overflow="fold")
    before: tuple[str, str] | None = None
    for row in rows:
        who = (row.user, f"{row.database}: {row.on_database}" if row.database else row.on_database)
        shown = (*(who if who != before else ("", "")), ", ".join(row.schemas) or NOTHING, *row.cells)
        table.add_row(*map(literal, shown))
        before = who
    console.print(table)
    for note in notes:
        console.print(literal(f"Note: {note}."))


def _by_group(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    return groups


def _summary(groups: Mapping[str, list[Line]]) -> Table:
    table = Table(title="What was tried", title_justify="left", pad_edge=False)
    for heading in ("", "of", "lines as expected"):
        table.add_column(heading, overflow="fold")
    for group, members in groups.items():
        held = sum(line.holds for line in members)
        mark, style = ("ok", "green") if held == len(members) else ("WRONG", "bold red")
        table.add_row(literal(mark, style), literal(group), literal(f"{held} of {len(members)}", style))
    return table


def _all(group: str, lines: Iterable[Line]) -> Table:
    table = Table(title=literal(group), title_justify="left", show_lines=False, pad_edge=False)
    for heading in ("", "what", "expected", "measured", "reason"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        mark, style = ("ok", "green") if line.holds else ("WRONG", "bold red")
        measured, reason = literal(line.measured.outcome, style), literal(line.measured.reason)
        table.add_row(literal(mark, style), literal(line.what), literal(line.expected), measured, reason)
    return table


def _in_full(line: Line) -> str:
    because = f", because of {line.because!r}" if line.because else ""
    return (
        f"WRONG: {line.what}: expected {line.expected}{because}; measured {line.measured.outcome}: "
        f"{line.measured.reason}"
    )
