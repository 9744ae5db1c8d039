"""A value in a text, whatever the text is written in."""

from dataclasses import dataclass
from typing import Literal

from db_access.spec.places import Place
from keyless.editing.errors import NotEditableError


@dataclass(frozen=True)
class Node:
    """Offsets are those of characters in the text."""

    kind: Literal["mapping", "sequence", "scalar"]
    start: int
    end: int
    """Behind its last character: neither blanks nor comments after it belong to it."""
    flow: bool = False
    """Whether it stands in brackets."""
    pairs: "tuple[tuple[Node, Node], ...]" = ()
    items: "tuple[Node, ...]" = ()
    text: str = ""
    """Of a scalar: what it says."""

    @property
    def parts(self) -> list[tuple[int, int]]:
        """Where each pair or item begins and ends."""
        return [(key.start, value.end) for key, value in self.pairs] or [(item.start, item.end) for item in self.items]

    def pair(self, field: str) -> "tuple[Node, Node] | None":
        return next((pair for pair in self.pairs if pair[0].text == field), None)

    def at(self, place: Place) -> "Node":
        """The value at `place`.

        Raises:
            NotEditableError: when it isn't written there: it comes from elsewhere by an alias.
        """
        node = self
        for step in place:
            found = node._inner(step)
            if found is None or not node.start <= found.start <= found.end <= node.end:
                raise NotEditableError(f"{step!r} is not written in place")
            node = found
        return node

    def _inner(self, step: str | int) -> "Node | None":
        if isinstance(step, int):
            return self.items[step] if step < len(self.items) else None
        return pair[1] if (pair := self.pair(step)) else None
