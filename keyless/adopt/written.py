"""An adopted spec as a file: YAML in blocks, with what it doesn't say as comments. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.wording import first, one_line
from keyless.adopt.acknowledged import with_acknowledged
from keyless.adopt.settling import Adopted
from keyless.editing.splices.values import as_yaml

_REASONS: Final = 5
"""Of each role; the others are counted."""
_SCALARS: Final = 3
"""A mapping of so few plain values stands on one line."""


def text(adopted: Adopted) -> str:
    database = adopted.document["databases"][0]["name"]
    lines = [
        f"# Adopted from database {one_line(as_yaml(database))}: a sync finds nothing to do, and takes nothing.",
        "# Reference: docs/access-spec.md. What is there and the spec doesn't say stands at the end.",
        *_mapping(with_acknowledged(adopted.document, adopted.left), 0),
        *_unsaid(adopted),
    ]
    return "\n".join([*lines, ""])


def _unsaid(adopted: Adopted) -> Iterator[str]:
    if adopted.schemas:
        yield from ("", "# Schemas that this spec doesn't declare, so that it can give nobody anything in them:")
        yield from (one_line(f"# - {as_yaml(schema)}: {why}") for schema, why in adopted.schemas.items())
    if adopted.left:
        yield from ("", "# Roles that it doesn't manage: they keep what they have. What stands against declaring them:")
    for name, why in adopted.left.items():
        yield one_line(f"# - {as_yaml(name)}")
        yield from (one_line(f"#   - {reason}") for reason in first(why, _REASONS, len(why)))
    if adopted.outsiders:
        yield from ("", "# A sync leaves these alone, too, and a proof finds them, as no spec can name them:")
        yield from (one_line(f"# - {sentence}") for sentence in adopted.outsiders)


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, item in value.items():
        yield from _pair(key, item, " " * indent)


def _pair(key: str, value: Any, indent: str) -> Iterator[str]:
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        yield f"{indent}{as_yaml(key)}: {as_yaml(value)}"
        return
    yield f"{indent}{as_yaml(key)}:"
    for item in value:
        yield from _item(item, f"{indent}  ")


def _item(item: Any, indent: str) -> Iterator[str]:
    plain = not isinstance(item, dict) or ("username" not in item and not any(map(_listed, item.values())))
    if (plain and "name" not in item) or (isinstance(item, dict) and len(item) <= _SCALARS and plain):
        yield f"{indent}- {as_yaml(item)}"
        return
    mark = "- "
    for line in _mapping(item, len(indent) + 2):
        yield f"{indent}{mark}{line[len(indent) + 2 :]}" if mark else line
        mark = ""


def _listed(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
