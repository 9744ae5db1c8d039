"""What a role's sessions start with (ALTER ROLE … SET), as a spec declares it. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

Settings = frozenset[tuple[str, tuple[str, ...]]]
"""Name in lower case, and its value: one text, or the items when the name is one of LISTS."""
NO_SETTINGS: Final[Settings] = frozenset()
"""One object for the many roles that have none."""

LISTS: Final = frozenset({"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"})
"""What PostgreSQL stores as a list of quoted identifiers (guc.h, GUC_LIST_QUOTE)."""

_ITEM: Final = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^,"]*?))\s*(?:,|$)')


def as_lists(declared: object) -> object:
    """Text, number, boolean or list, as YAML and JSON write a value, as lists of texts; pydantic refuses the rest."""
    return (
        {name: _list(str(name), value) for name, value in declared.items()}
        if isinstance(declared, Mapping)
        else declared
    )


def _list(name: str, value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return [_text(item) for item in value] or [""]
    return list(identifiers(value)) if isinstance(value, str) and name.lower() in LISTS else [_text(value)]


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, int | float) else value


def only_lists_as_lists(declared: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Raises ValueError for several values of a setting that takes one, and for a name given twice."""
    for name, values in declared.items():
        if len(values) != 1 and name.lower() not in LISTS:
            raise ValueError(f"{name} has {len(values)} values; allowed: one, or a list for {', '.join(sorted(LISTS))}")
    if len({name.lower() for name in declared}) < len(declared):
        raise ValueError("a name is given twice, differing only in case; allowed: each name once")
    return declared


def settings(declared: Mapping[str, Sequence[str]]) -> Settings:
    """The settings that a spec declares, in the form that they are compared in."""
    return frozenset((name.lower(), tuple(values)) for name, values in declared.items()) or NO_SETTINGS


def identifiers(text: str) -> list[str]:
    """The items of a list of identifiers, plain or quoted; a plain one in lower case, as PostgreSQL reads it."""
    found, at = [], 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:
            return [text]
        quoted = item["quoted"]
        found.append(item["plain"].lower() if quoted is None else quoted.replace('""', '"'))
        at = item.end()
    return found or [""]
