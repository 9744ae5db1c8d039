"""The pages that a user reads, and what a test needs of each: code blocks, code spans, links and anchors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[3]
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A fenced or indented block of code.

    `info` are the words behind its fence, the language first; of an indented block there are none. `not_run` is the
    reason in the comment `<!-- not run: … -->` before it, or empty.
    """

    page: str
    line: int
    info: tuple[str, ...]
    text: str
    not_run: str = ""

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def kind(self) -> tuple[str, ...]:
        return self.info[:2]


@dataclass(frozen=True)
class Span:
    """A piece of code in a line of text, or where a link leads."""

    page: str
    line: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    """`name`: its path from the project's root."""

    name: str
    text: str

    @classmethod
    def read(cls, path: Path) -> "Page":
        return cls(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))

    @cached_property
    def _tokens(self) -> list[Token]:
        return _MARKDOWN.parse(self.text)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        reason = ""
        for token in self._tokens:
            if token.type in ("fence", "code_block"):
                yield Block(self.name, _line(token), tuple(token.info.split()), token.content, reason)
            found = _NOT_RUN.fullmatch(token.content) if token.type == "html_block" else None
            reason = found[1] if found else ""

    @property
    def spans(self) -> Iterator[Span]:
        """Code between backticks, in lines and tables."""
        for token, child in self._inline():
            if child.type == "code_inline":
                yield Span(self.name, _line(token), child.content)

    @property
    def links(self) -> Iterator[Span]:
        for token, child in self._inline():
            target = child.attrGet("href") or child.attrGet("src")
            if target:
                yield Span(self.name, _line(token), str(target))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """As GitHub makes them of headings."""
        headings = [self._tokens[at + 1] for at, token in enumerate(self._tokens) if token.type == "heading_open"]
        return frozenset(_anchor(heading) for heading in headings)

    def _inline(self) -> Iterator[tuple[Token, Token]]:
        for token in self._tokens:
            yield from ((token, child) for child in token.children or ())


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _anchor(heading: Token) -> str:
    text = "".join(child.content for child in heading.children or ())
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def pages() -> dict[str, Page]:
    """All of them, by name."""
    files = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")]
    files += sorted((ROOT / "docs").rglob("*.md"))
    return {page.name: page for page in map(Page.read, files)}


PAGES = pages()
BLOCKS = tuple(block for page in PAGES.values() for block in page.blocks)
"""Every block of every page."""


def of_kind(*kinds: str) -> list[Block]:
    """The blocks that are run as one of these kinds, such as `sh` or `yaml access`."""
    return [block for block in BLOCKS if not block.not_run and " ".join(block.kind) in kinds]
