"""What others named and wrote is shown as it is: no markup, nothing that speaks to a terminal, no row of its own."""

import io

from rich.console import Console

from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.report import evidence, shown
from keyless.rehearsal.lines.rights.words import Row

HOSTILE = "odd[/]x arch[bold] svc[red]x"
SPEAKING = "\x1b[31mANSI\x1b[0m\n│ ok │ function Faked │ 9 of 9 │"


def printed(*lines: Line, rows: tuple[Row, ...] = (), every: bool = False) -> str:
    console = Console(file=io.StringIO(), width=400, force_terminal=True)
    shown.show(lines, console, every=every)
    shown.show_rows(rows, (HOSTILE, SPEAKING), console)
    evidence.show_unmeasured((HOSTILE, SPEAKING), console)
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def line(text: str) -> Line:
    return Line(text, Outcome.ALLOWED, "", Attempt(Outcome.OTHER, text), f"function {text}")


def test_names_with_brackets_are_shown_whole() -> None:
    row = Row(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,) * 4)
    text = printed(line(HOSTILE), rows=(row,), every=True)
    # group, title, what, reason; twice in full; user, database, what of it, schema, four cells; a note; not measured
    assert text.count(HOSTILE) == 16


def test_nothing_that_others_wrote_speaks_to_the_terminal() -> None:
    text = printed(line(SPEAKING), rows=(Row(SPEAKING, "app", "connect", (SPEAKING,), (SPEAKING,) * 4),), every=True)
    assert "\x1b[31mANSI" not in text
    assert not [row for row in text.splitlines() if row.strip("│┃ ").startswith("ok")]


def test_a_long_text_is_cut_with_its_length() -> None:
    text = printed(line("x" * 7_000_000), every=True)
    assert len(text) < 20_000
    assert "(7,000,000 characters)" in text
