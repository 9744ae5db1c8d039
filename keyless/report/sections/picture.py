"""The way to the database as a picture, and the same in words."""

from typing import Final

from keyless.report.contents import Contents
from keyless.report.markup import Markup, element, joined, table
from keyless.report.route import Hop, Node, Route
from keyless.report.sections.section import Section

_BOX, _GAP, _HEIGHT, _TOP = 220, 180, 84, 28
_SIZE: Final = _TOP * 2 + _HEIGHT


def section(of: Contents) -> Section:
    route = of.route
    steps = [
        (f"{here.name} → {there.name}", hop.authenticated, hop.encrypted)
        for here, there, hop in zip(route.nodes, route.nodes[1:], route.hops, strict=False)
    ]
    inside = joined((
        element("p", of.route_source, class_="about"),
        _scrolled(_drawn(route)),
        table("The way to the database, hop by hop", ("hop", "authenticated by", "encryption"), steps),
    ))  # fmt: skip
    return Section("path", "The way to the database", inside)


def _scrolled(picture: Markup) -> Markup:
    """It is wider than a telephone."""
    return element("div", picture, class_="picture", role="region", aria_label="Picture of the way", tabindex=0)


def _drawn(route: Route) -> Markup:
    width = len(route.nodes) * _BOX + len(route.hops) * _GAP
    boxes = [_box(node, at * (_BOX + _GAP)) for at, node in enumerate(route.nodes)]
    arrows = [_arrow(hop, at * (_BOX + _GAP) + _BOX) for at, hop in enumerate(route.hops)]
    words = ", then ".join(
        f"from {here.name} to {there.name}: {hop.authenticated}, {hop.encrypted}"
        for here, there, hop in zip(route.nodes, route.nodes[1:], route.hops, strict=False)
    )
    title = element("title", f"The way to the database: {words}", id="picture-title")
    return element(
        "svg", title, *boxes, *arrows, viewBox=f"0 0 {width} {_SIZE}", role="img", aria_labelledby="picture-title"
    )


def _box(node: Node, x: int) -> Markup:
    middle = x + _BOX // 2
    return element(
        "g",
        element("rect", x=x + 1, y=_TOP, width=_BOX - 2, height=_HEIGHT, rx=12, class_="box"),
        element("text", node.name, x=middle, y=_TOP + 38, class_="node"),
        element("text", node.about, x=middle, y=_TOP + 62, class_="note"),
    )


def _arrow(hop: Hop, x: int) -> Markup:
    y, end, middle = _TOP + _HEIGHT // 2, x + _GAP - 8, x + _GAP // 2
    return element(
        "g",
        element("line", x1=x + 8, y1=y, x2=end - 4, y2=y, class_="way"),
        element("path", d=f"M{end - 10} {y - 6} L{end} {y} L{end - 10} {y + 6}", class_="head"),
        element("text", hop.authenticated, x=middle, y=y - 14, class_="hop"),
        element("text", hop.encrypted, x=middle, y=y + 26, class_="hop"),
    )
