"""Who can do what: the heat map of each database, and its routes in a table that says the same in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from db_access.wording import quoted
from keyless.effective.survey import Survey
from keyless.report.contents import Contents
from keyless.report.grid import Cell, Grid, Line, Row, grid
from keyless.report.letters import WAYS, letters, level
from keyless.report.markup import Markup, element, joined, name
from keyless.report.sections.legend import filter_form, legend
from keyless.report.sections.routes import routes, words
from keyless.report.sections.section import Section, counted

_NAMES: Final = 4
"""Of users in a row that are shown at once; more of them unfold."""


def section(of: Contents) -> Section:
    parts = [_database(at, database.survey, of.declared) for at, database in enumerate(of.databases)]
    return Section("matrix", "Who can do what", joined((legend(), filter_form(), *parts)))


def _database(at: int, survey: Survey, declared: Mapping[str, str]) -> Markup:
    found = grid(survey)
    title = element("h3", "Database ", name(survey.database))
    panel = element(
        "div",
        "Go to a cell: its routes are shown here.",
        class_="panel",
        role="status",
        tabindex=0,
        id=f"routes-of-{at}",
    )
    inside = (title, panel, _map(at, found, survey, declared), routes(at, found, survey))
    return element("div", *inside, class_="database")


def _map(at: int, found: Grid, survey: Survey, declared: Mapping[str, str]) -> Markup:
    heads = (element("th", element("span", words(place, survey.things[place])), scope="col") for place in found.places)
    corner = element("th", "User", scope="col", class_="corner")
    caption = element(
        "caption", f"What {counted(len(survey.logins), 'login')} can do in database ", name(survey.database)
    )
    rows = (_row(row, found, survey, declared) for row in found.rows)
    head = element("thead", element("tr", corner, *heads))
    table = element("table", caption, head, element("tbody", *rows), class_="matrix", role="grid", aria_readonly="true")
    label = f"Matrix of database {quoted(survey.database)}"
    return element("div", table, class_="scroll", role="region", aria_label=label, tabindex=0)


def _row(row: Row, found: Grid, survey: Survey, declared: Mapping[str, str]) -> Markup:
    names = [_user(user, survey, declared) for user in row.users]
    shown = names if len(names) <= _NAMES + 1 else names[:_NAMES]
    rest = names[len(shown) :]
    more = element("details", element("summary", f"and {len(rest):,} alike"), *rest) if rest else ""
    cells = (_cell(row.cells.get(place), survey.things[place], found.lines) for place in found.places)
    return element("tr", element("th", *shown, more, scope="row"), *cells)


def _user(user: str, survey: Survey, declared: Mapping[str, str]) -> Markup:
    superuser = "superuser" if user in survey.superusers else ""
    beside = [note for note in (declared.get(user, "not in the spec"), superuser) if note]
    note = element("small", f" {', '.join(beside)}") if beside else ""
    return element("span", name(user), note, class_="user")


def _cell(cell: Cell | None, things: int, lines: Sequence[tuple[Line, object]]) -> Markup:
    """Without its end tag, which HTML doesn't need: there are very many, most of them empty."""
    if cell is None:
        return Markup("<td>")
    ways = [lines[number][0].way for number in cell.lines]
    whole = letters(privilege for privilege, count in cell.counts.items() if count == things)
    some = letters(privilege for privilege, count in cell.counts.items() if count != things)
    around = letters(cell.around - cell.counts.keys())
    said = f"{whole}{f'({some})' if some else ''}{f'~{around}' if around else ''}"
    shade = level([*cell.counts, *cell.around], ways)
    by = "".join(dict.fromkeys(WAYS[way] for way in ways))
    return Markup(f'<td class=l{shade} data-r="{" ".join(map(str, cell.lines))}"><b>{said}</b><i>{by}</i>')
