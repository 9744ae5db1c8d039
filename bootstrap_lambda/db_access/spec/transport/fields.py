"""The fields of an event, as whoever may invoke the function sends them."""

from collections.abc import Mapping
from typing import Any, Final

from db_access.spec.deployed import ForeignEventError
from db_access.wording import quoted

_NAME_BYTES: Final = 63
"""PostgreSQL cuts the rest off (SQL Syntax, 4.1.1)."""


def mapping(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Nothing, where there is none. Raises ForeignEventError for anything else."""
    if isinstance(found := properties.get(name) or {}, Mapping):
        return found
    raise ForeignEventError(f"`{name}` is {type(found).__name__}, so nothing was done; allowed: an object")


def field(properties: Mapping[str, Any], name: str) -> str:
    """Raises ForeignEventError unless the properties have such a text."""
    if not isinstance(found := properties.get(name), str) or not found:
        raise ForeignEventError(
            f"the event has no `{name}`, so nothing was done; allowed: the properties of the database's custom resource"
        )
    return found


def database(properties: Mapping[str, Any]) -> str:
    """The name of the database that the properties are about.

    Raises:
        ForeignEventError: when there is none, or one that PostgreSQL would cut and so take for another's.
    """
    found = field(properties, "Database")
    if not found.isprintable() or len(found.encode()) > _NAME_BYTES:  # half a letter doesn't print, nor has it bytes
        raise ForeignEventError(
            f"`Database` is {quoted(found[:100])}, so nothing was done; allowed: a name of printable characters and at "
            f"most {_NAME_BYTES} bytes"
        )
    return found
