"""What auditors are told: each control names a rule, a gate or a test that is there."""

import re
from collections.abc import Iterator

import pytest

from keyless_checks import gates
from keyless_checks.ruleset import RULES, name
from tests.docs.reading.links import dead
from tests.docs.reading.pages import PAGES, ROOT, Page, Span
from tests.docs.reading.tables import Row, rows

RULE_NAMES = {name(rule) for rule in RULES}
GUARDS = set(
    re.findall(r"^rule (\w+)", "".join(rule.content for rule in gates.guard_rules(passwords=False)), re.MULTILINE)
)
CONTROLS, THREATS = PAGES["docs/controls.md"], PAGES["docs/threat-model.md"]
COLUMNS = {"docs/controls.md": ("held by", "shown by", "left to you"), "docs/threat-model.md": ("shown by",)}
TITLED = re.compile(r"(\d+(\.\d+)*|Art\. \d+(\(\d+\))?) .+")
"""A requirement: its number, and a few words."""


def controls(page: Page) -> list[tuple[int, Row]]:
    """The rows of the tables about controls."""
    return [(line, row) for line, row in rows(page) if "shown by" in row]


def problems(page: Page) -> Iterator[str]:
    """A sentence for each control that nothing holds or shows, and for each name of what isn't there."""
    for line, row in controls(page):
        for column in COLUMNS[page.name]:
            if column not in row or not row[column].text:
                yield f"{page.name}:{line}: {column!r} is empty"
        if "held by" in row:
            yield from (f"{page.name}:{line}: {span} is no rule" for span in row["held by"].spans if not _held(span))
        shown = row["shown by"]
        if not shown.spans and not shown.links:
            yield f"{page.name}:{line}: nothing shows it"
        yield from (f"{page.name}:{line}: {span} shows nothing" for span in shown.spans if not _shows(span))


def _held(span: str) -> bool:
    return span in RULE_NAMES | GUARDS or _path(span)


def _shows(span: str) -> bool:
    return span in RULE_NAMES | GUARDS or _path(span) or re.fullmatch(r"make [\w-]+|HOSTILE=1", span) is not None


def _path(span: str) -> bool:
    named = re.fullmatch(r"test_\w+\.py|[\w.-]+(/[\w.-]+)+/?(::\w+)?", span)
    return named is not None and not dead(Span("", 0, span))


@pytest.mark.parametrize("page", [CONTROLS, THREATS], ids=lambda page: page.name)
def test_every_control_names_what_holds_and_shows_it(page: Page) -> None:
    assert list(problems(page)) == []
    assert len(controls(page)) > 30


def test_every_requirement_has_its_number() -> None:
    requirements = [next(iter(row.values())).text for _, row in controls(CONTROLS)]
    assert [text for text in requirements if not TITLED.fullmatch(text)] == []
    assert len(set(requirements)) == len(requirements)


HEAD = "| requirement | held by | shown by | left to you |\n|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("| 1 x | `proxy.tsl` | `tests/docs/` | y |", "proxy.tsl is no rule"),
        ("| 1 x | `proxy.tls` | `tests/gone.py` | y |", "tests/gone.py shows nothing"),
        ("| 1 x | `proxy.tls` | a test | y |", "nothing shows it"),
        ("| 1 x | `proxy.tls` | `tests/docs/` | |", "'left to you' is empty"),
        ("| 1 x | `keyless_gone` | `tests/docs/` | y |", "keyless_gone is no rule"),
        ("| 1 x | `proxy.tls` | `tests/docs/test_pages.py::test_gone` | y |", "shows nothing"),
    ],
)
def test_a_control_that_nothing_holds_or_shows_is_seen(row: str, problem: str) -> None:
    assert problem in "\n".join(problems(Page("docs/controls.md", HEAD + row)))


def test_a_control_of_the_project_is_no_problem() -> None:
    row = "| 1 x | `proxy.tls`, `keyless_no_secret`, `keyless_checks/guard/` | `tests/docs/test_pages.py`, `make rehearse` | y |"
    assert list(problems(Page("docs/controls.md", HEAD + row))) == []
    assert (ROOT / "docs/controls.md").exists()
