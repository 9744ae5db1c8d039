"""Whom an adopted spec doesn't manage, as its acknowledgements. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from db_access.spec.model.names import nameable
from db_access.wording import one_line

_WIDTH: Final = 1000
"""Characters that an acknowledgement's reason may have."""


def with_acknowledged(document: Mapping[str, Any], left: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document, and in it whoever it doesn't manage, so that no proof takes them for drift."""
    known = [{"username": name, "reason": _reason(why)} for name, why in left.items() if nameable(name)]
    return {**document, **({"acknowledged": known} if known else {})}


def _reason(why: Sequence[str]) -> str:
    return one_line(f"was there before: {why[0]}")[:_WIDTH]
