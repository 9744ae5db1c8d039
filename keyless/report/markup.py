"""Elements of a page. What isn't markup yet is text, and is escaped here: no name leaves its element, and none that
doesn't print is without a trace."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from db_access.wording import one_line

_VOID: Final = frozenset({"br", "input", "line", "meta", "path", "rect"})


class Markup(str):
    """What may stand in a page as it is."""

    __slots__ = ()


def text(of: str) -> Markup:
    """`of` as people are to see it: on one line, what doesn't print as an escape."""
    return of if isinstance(of, Markup) else Markup(escape(one_line(of)))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    return Markup(text(between).join(map(text, parts)))


def element(tag: str, /, *inside: str, **attributes: str | int | None) -> Markup:
    """`class_` is the attribute `class`, `aria_label` is `aria-label`; None leaves an attribute out."""
    begin = f"<{tag}{_said(attributes)}"
    return Markup(f"{begin}/>" if tag in _VOID else f"{begin}>{joined(inside)}</{tag}>")


def verbatim(of: str, tag: str, **attributes: str) -> Markup:
    """A style or a script of ours, as it is hashed for the page's policy."""
    return Markup(f"<{tag}{_said(attributes)}>{of}</{tag}>")


def _said(attributes: Mapping[str, str | int | None]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )


def name(of: str) -> Markup:
    """A name of somebody else's, whose letters may run from right to left: what is around it stays where it is."""
    return element("bdi", of)


def table(caption: str, headings: Iterable[str], rows: Iterable[Iterable[str]], *, class_: str | None = None) -> Markup:
    """The first cell of a row is its heading."""
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = (_row(list(row)) for row in rows)
    inside = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element(
        "div", inside, class_=f"scroll {class_ or ''}".strip(), tabindex=0, role="region", aria_label=caption
    )


def _row(cells: list[str]) -> Markup:
    first, *others = cells
    return element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in others))


def listed(sentences: Iterable[str], most: int) -> Markup:
    """As a list, and how many of them are left out of it."""
    found = list(sentences)
    left = len(found) - most
    more = [element("li", f"and {left:,} more", class_="more")] if left > 0 else []
    return element("ul", *(element("li", sentence) for sentence in found[:most]), *more)
