"""The values of a YAML text, by the nodes of the parser that reads a spec."""

import re
from typing import Any, Final

from keyless.editing.errors import NotEditableError
from keyless.editing.trees.node import Node

_NO_CONTENT: Final = re.compile(r"(?:\s|(?:(?<=\s)|^)#[^\n]*$)+\Z", re.MULTILINE)


def tree(text: str) -> Node:
    """Raises NotEditableError for an empty text."""
    from db_access.spec import yaml_loader  # PyYAML is needed for a file in YAML alone

    root = yaml_loader.compose(text)
    if root is None:
        raise NotEditableError("nothing is in it")
    return _Nodes(text).of(root)


class _Nodes:
    """An alias stands for the very node that it names, so each node is made once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._made: dict[int, Node] = {}

    def of(self, node: Any) -> Node:
        if id(node) not in self._made:
            self._made[id(node)] = self._new(node)
        return self._made[id(node)]

    def _new(self, node: Any) -> Node:
        start, flow = node.start_mark.index, bool(getattr(node, "flow_style", False))
        match node.id:
            case "mapping":
                pairs = tuple((self.of(key), self.of(value)) for key, value in node.value)
                return Node("mapping", start, self._end(node, [value for _, value in pairs]), flow, pairs=pairs)
            case "sequence":
                items = tuple(self.of(item) for item in node.value)
                return Node("sequence", start, self._end(node, items), flow, items=items)
            case _:
                return Node("scalar", start, self._end_of_scalar(node), text=str(node.value))

    def _end(self, node: Any, inner: "list[Node] | tuple[Node, ...]") -> int:
        """Of a block it is where its last value ends; the parser's mark is where the next token begins."""
        start, mark = int(node.start_mark.index), int(node.end_mark.index)
        if node.flow_style:
            return mark
        if inner and start <= inner[-1].start <= inner[-1].end <= mark:
            return inner[-1].end
        return start + len(_NO_CONTENT.sub("", self._text[start:mark]))  # its last value is an alias

    def _end_of_scalar(self, node: Any) -> int:
        """Of `|` and `>` the parser's mark is behind the lines that follow it."""
        start, mark = int(node.start_mark.index), int(node.end_mark.index)
        in_lines = node.style in ("|", ">")
        return start + len(self._text[start:mark].rstrip()) if in_lines else mark
