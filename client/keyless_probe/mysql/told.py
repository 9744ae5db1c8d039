"""What the server tells a session about its own rights: SHOW GRANTS, taken apart. Pure.

A line may hold a password's hash, so none is shown: only what was found in it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_NAME: Final = r"`(?:[^`]|``)*`"
_PRIVILEGE: Final = rf"[A-Z_ ]+(?: \({_NAME}(?:, {_NAME})*\))?"
_GRANT: Final = re.compile(
    rf"GRANT (?P<privileges>{_PRIVILEGE}(?:, ?{_PRIVILEGE})*) ON (?P<kind>[A-Z ]+ )?(?P<schema>\*|{_NAME})\."
    rf"(?P<name>\*|{_NAME}) TO (?P<rest>.*)",
    re.DOTALL,
)
_ROLES: Final = re.compile(
    rf"GRANT (?P<roles>{_NAME}(?:@{_NAME})?(?:, ?{_NAME}(?:@{_NAME})?)*) TO (?P<rest>.*)", re.DOTALL
)
_ONE_ROLE: Final = re.compile(rf"(?P<role>{_NAME})(?:@{_NAME})?(?:, ?)?")
_ONE_PRIVILEGE: Final = re.compile(rf"(?P<privilege>[A-Z_ ]+?)(?: \((?P<columns>{_NAME}(?:, {_NAME})*)\))?(?:, ?|$)")
_QUOTED: Final = re.compile(rf"{_NAME}|'(?:[^'\\]|''|\\.)*'")
_NOTHING: Final = "USAGE"
_HARMLESS: Final = ("SET DEFAULT ROLE ", "REVOKE ")
"""What a session starts with, which its rights show; and what it lacks, by MySQL's partial_revokes."""


@dataclass(frozen=True)
class Granted:
    """Privileges on one thing."""

    privileges: frozenset[str]
    """On the whole of it."""
    columns: frozenset[tuple[str, str]]
    """Privilege and column."""
    schema: str
    """A pattern where `name` is empty; empty: everything."""
    name: str
    """A table or routine; empty: everything in the schemas."""
    routine: bool
    passed_on: bool


@dataclass(frozen=True)
class Told:
    granted: tuple[Granted, ...] = ()
    passed_on: tuple[str, ...] = ()
    """Roles that may be given to others."""
    proxies: int = 0
    unread: int = 0
    """Lines that nobody here understands."""

    def as_json(self) -> dict[str, Any]:
        granted = [
            {**vars(one), "privileges": sorted(one.privileges), "columns": sorted(one.columns)} for one in self.granted
        ]
        return {**vars(self), "granted": granted}


def read(lines: Iterable[str]) -> Told:
    granted: list[Granted] = []
    roles: list[str] = []
    proxies = unread = 0
    for line in lines:
        if line.startswith("GRANT PROXY ON "):
            proxies += 1
        elif on := _GRANT.fullmatch(line):
            granted.append(_granted(on))
        elif given := _ROLES.fullmatch(line):
            if "WITH ADMIN OPTION" in _QUOTED.sub("", given["rest"]):
                roles += [_plain(one["role"]) for one in _ONE_ROLE.finditer(given["roles"])]
        elif not line.startswith(_HARMLESS):
            unread += 1
    return Told(tuple(one for one in granted if _something(one)), tuple(roles), proxies, unread)


def _granted(found: re.Match[str]) -> Granted:
    privileges, columns = set(), set()
    for one in _ONE_PRIVILEGE.finditer(found["privileges"]):
        if one["columns"]:
            columns |= {(one["privilege"].strip(), name) for name in _names(one["columns"])}
        else:
            privileges.add(one["privilege"].strip())
    return Granted(
        privileges=frozenset(privileges - {_NOTHING}),
        columns=frozenset(columns),
        schema=_plain(found["schema"]),
        name=_plain(found["name"]),
        routine=(found["kind"] or "").strip() not in ("", "TABLE"),
        passed_on="GRANT OPTION" in _QUOTED.sub("", found["rest"]),
    )


def _something(one: Granted) -> bool:
    return bool(one.privileges or one.columns or one.passed_on)


def _names(text: str) -> Iterator[str]:
    return (_plain(one) for one in re.findall(_NAME, text))


def _plain(name: str) -> str:
    return "" if name == "*" else name[1:-1].replace("``", "`")
