"""The file that a document is from: where in it a place is, for messages."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from db_access.spec.places import Place


@dataclass(frozen=True)
class Source:
    """Read again, and only when a message needs it: most documents have no problem."""

    path: Path

    def text(self, place: Place) -> str:
        """`config/access.yaml:12`; the file alone, where it doesn't have the place."""
        line, path = self._line(place), shown(self.path)
        return f"{path}:{line}" if line else str(path)

    def _line(self, place: Place) -> int | None:
        """Of the value at `place`, or of the nearest around it."""
        node, line = self._root, None
        for step in self._in_file(place):
            inner = _inner(node, step)
            if inner is None:
                break
            line, node = inner
        return line

    def _in_file(self, place: Place) -> Place:
        """A file of one user is that user."""
        alone = place[:2] == ("users", 0) and _inner(self._root, "users") is None
        return place[2:] if alone else place

    @cached_property
    def _root(self) -> Any:
        """As YAML, of which JSON is nearly a part; nothing where it isn't, or where what was read is gone, as from a
        pipe."""
        import yaml  # the Lambda has none, and no files

        from db_access.spec import yaml_loader

        if not self.path.is_file():
            return None
        try:
            return yaml_loader.compose(self.path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError, RecursionError, OSError):
            return None


def shown(path: Path) -> Path:
    """As messages name a file: from here, if it is below."""
    here, whole = Path.cwd(), Path(os.path.realpath(path))  # which takes a link that leads to itself
    return whole.relative_to(here) if whole.is_relative_to(here) else path


def _inner(node: Any, step: str | int) -> tuple[int, Any] | None:
    """What `step` leads to in a node of YAML, and the line where it begins."""
    if isinstance(step, int):
        items = node.value if node is not None and node.id == "sequence" else []
        return (items[step].start_mark.line + 1, items[step]) if step < len(items) else None
    pairs = node.value if node is not None and node.id == "mapping" else []
    return next(((key.start_mark.line + 1, value) for key, value in pairs if key.value == step), None)
