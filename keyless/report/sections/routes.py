"""Every route of a database, in words, with those who have it."""

from collections.abc import Sequence
from typing import Final

from db_access.wording import quoted
from keyless.effective.survey import Place, Survey
from keyless.report.grid import Grid, Line
from keyless.report.letters import PRIVILEGES, WAYS
from keyless.report.markup import Markup, element, joined, name
from keyless.report.sections.section import counted

_USERS: Final = 40
"""Of those who have a route; the matrix has all of them."""


def routes(at: int, found: Grid, survey: Survey) -> Markup:
    rows = (
        element(
            "tr",
            element("th", words(line.place, survey.things[line.place]), scope="row"),
            element("td", _privileges(line, survey.things[line.place])),
            element("td", _way(line)),
            element("td", _having(users)),
        )
        for line, users in found.lines
    )
    heads = (element("th", head, scope="col") for head in ("object class", "privileges", "route", "users"))
    caption = element("caption", "The routes in database ", name(survey.database))
    table = element("table", caption, element("thead", element("tr", *heads)), element("tbody", *rows))
    label = f"Routes in database {quoted(survey.database)}"
    scroll = element("div", table, class_="scroll", role="region", aria_label=label, tabindex=0)
    summary = element("summary", f"Every route, in words ({counted(len(found.lines), 'route')})")
    return element("details", summary, scroll, class_="routes", id=f"all-routes-of-{at}")


def _way(line: Line) -> Markup:
    return joined((element("b", WAYS[line.way]), f" {line.way}: {line.sentence}"))


def _privileges(line: Line, things: int) -> str:
    """Those on most things first."""
    by_count: dict[int, list[str]] = {}
    for privilege, count in sorted(line.privileges, key=lambda one: list(PRIVILEGES).index(one[0])):
        by_count.setdefault(count, []).append(privilege)
    return "; ".join(
        f"{', '.join(several)}{'' if count == things else f' on {count:,} of {things:,}'}"
        for count, several in sorted(by_count.items(), reverse=True)
    )


def _having(users: Sequence[str]) -> Markup:
    left = len(users) - _USERS
    return joined((*map(name, users[:_USERS]), *([f"and {left:,} more"] if left > 0 else [])), ", ")


def words(place: Place, things: int) -> str:
    if place.name:
        return f"{place.kind} {quoted(place.name)}"
    return f"{counted(things, place.kind)} in {quoted(place.schema)}"
