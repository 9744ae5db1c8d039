"""Reads a document from a YAML or JSON file. Knows nothing about specs."""

import json
from pathlib import Path
from typing import Any

from db_access.errors import SpecError


def read_document(path: Path) -> object:
    """The document in `path`: JSON by its suffix `.json`, otherwise YAML.

    Raises:
        SpecError: when the file is missing, is not valid, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_unique) if path.suffix == ".json" else _yaml(text)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        # TypeError: a YAML key that is itself a list or mapping
        raise SpecError([f"{path}: {error}"]) from error


def _yaml(text: str) -> object:
    import yaml  # the Lambda gets its spec as JSON and has no YAML parser

    class Loader(yaml.SafeLoader):
        """PyYAML silently takes the last of two equal keys."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            _unique([(self.construct_object(key), None) for key, _ in node.value])
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {error}") from error


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"key {key!r} is given twice; allowed: once")
        seen[key] = value
    return seen
