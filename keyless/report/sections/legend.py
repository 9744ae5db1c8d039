"""What the matrix's letters and shades mean, and its filter."""

from collections.abc import Mapping

from keyless.report.letters import LEVELS, PRIVILEGES, WAYS
from keyless.report.markup import Markup, element


def legend() -> Markup:
    about = (
        "A row is a user, or several that can do the same by the same routes; a column is what there is of a kind. "
        "In a cell stand PostgreSQL's letters for privileges that can be used, and below them the routes. In "
        "brackets: on some of the objects only. Behind ~: not by a right of its own, but through what runs with "
        "its owner's rights. Arrow keys go from cell to cell; the routes of the cell stand above the matrix."
    )
    levels = (
        element("li", element("span", level, class_=f"key l{number}"), f" {by}")
        for number, (level, by) in enumerate(LEVELS.items())
        if number
    )
    return element(
        "div",
        element("p", about),
        element("div", element("h3", "Privileges"), _keys(PRIVILEGES)),
        element("div", element("h3", "Routes"), _keys({str(way): letter for way, letter in WAYS.items()})),
        element("div", element("h3", "Shades"), element("ul", *levels, class_="shades")),
        class_="legend",
    )


def _keys(letters: Mapping[str, str]) -> Markup:
    return element("ul", *(element("li", element("b", key), " ", what) for what, key in letters.items()), class_="keys")


def filter_form() -> Markup:
    fields = [
        element(
            "label", text, element("input", type="search", id=f"filter-{what}", autocomplete="off", spellcheck="false")
        )
        for what, text in (("users", "Users that contain"), ("objects", "Objects that contain"))
    ]
    said = element("p", id="filtered", role="status", class_="about")
    return element("form", *fields, said, class_="filter", role="search", aria_label="Filter of the matrix", hidden="")
