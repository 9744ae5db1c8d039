"""Settings of a role as PostgreSQL's catalog stores them. Pure."""

from collections.abc import Iterator, Sequence

from db_access.spec.model.settings import LISTS, NO_SETTINGS, Settings, identifiers


def stored(entries: Sequence[str]) -> Settings:
    """The settings in pg_db_role_setting.setconfig, `name=value` each."""
    return frozenset(_pairs(entries)) or NO_SETTINGS


def _pairs(entries: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in entries:
        name, value = entry.split("=", 1)
        yield named(name), tuple(identifiers(value)) if name.lower() in LISTS else (value,)


def named(name: str) -> str:
    """In lower case, but for what somebody has made up: that PostgreSQL resets only as it was written (guc.c,
    GUCArrayDelete)."""
    return name if "." in name else name.lower()
