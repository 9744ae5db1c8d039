"""Tables of a page, as rows of cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.docs.reading.pages import Page

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Cell:
    text: str
    spans: tuple[str, ...]
    """Its code."""
    links: tuple[str, ...]


Row = dict[str, Cell]
"""By the heading of its column."""


def rows(page: Page) -> Iterator[tuple[int, Row]]:
    """Each row of each table that has headings, with its line."""
    headings: list[str] = []
    cells: list[Cell] = []
    line = 0
    for token in _MARKDOWN.parse(page.text):
        if token.type in ("thead_open", "tr_open"):
            cells, line = [], (token.map or [0])[0] + 1
        elif token.type == "inline":
            cells.append(_cell(token))
        elif token.type == "thead_close":
            headings = [cell.text for cell in cells]
        elif token.type == "tr_close" and headings and [cell.text for cell in cells] != headings:
            yield line, dict(zip(headings, cells, strict=False))
        elif token.type == "table_close":
            headings = []


def _cell(token: Token) -> Cell:
    children = token.children or []
    return Cell(
        token.content,
        tuple(child.content for child in children if child.type == "code_inline"),
        tuple(str(child.attrGet("href")) for child in children if child.type == "link_open"),
    )
