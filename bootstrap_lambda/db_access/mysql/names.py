"""Names of the roles that the engine makes for itself. Pure.

The marker is a role without rights: whoever has it straight is managed. A comment or attribute would do on other
accounts, but one of IAM may be gone with it after a restart, where its plugin takes no empty text. A profile is a
role with all rights that some users have; a version says of which version of its secret an account's password is.
MySQL's names end at 32 characters.
"""

import json
import re
from hashlib import sha256
from typing import Final

from db_access.mysql.state import Rights

_LONGEST: Final = 32
_MARKER: Final = "keyless/"
_NUMBERED: Final = re.compile(r"\+\d{1,4}$")
"""No digest: that is longer."""
_PROFILE: Final = "keyless~"
_VERSION: Final = "keyless#"
LOCK: Final = "keyless-aurora"
"""Of the engine on a server."""
SCHEMAS: Final = "keyless_aurora"
"""No schema of a spec may begin so."""
PREFIXES: Final = (_MARKER, _PROFILE, _VERSION)
"""No user or group of a spec may begin so."""


def marker(manager: str) -> str:
    """`keyless/orders`; a long name is cut and ends in a digest."""
    name = f"{_MARKER}{manager}"
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}+{_digest(manager, 8)}"  # no manager's name has a plus


def numbered(name: str, number: int) -> str:
    """Of a marker's or a profile's role: the first, and those that take its place (MariaDB, which has longer names)."""
    return f"{name}+{number}" if number else name


def is_numbered(name: str, first: str) -> bool:
    return name == first or _NUMBERED.sub("", name) == first


def is_marker(name: str) -> bool:
    return name.startswith(_MARKER)


def manager_of(marked: str) -> str:
    return _NUMBERED.sub("", marked.removeprefix(_MARKER))


def profile(manager: str, rights: object) -> str:
    """By what it gives, so that it never has to change while somebody has it."""
    return f"{of_profiles(manager)}{_digest(rights, 16)}"


def of_profiles(manager: str) -> str:
    """What the names of all profiles of a manager begin with: they need no mark, which a run could end before."""
    return f"{_PROFILE}{_digest(manager, 8)}"


def of_all(manager: str) -> tuple[str, ...]:
    """What the names of all roles of a manager's own begin with, its groups aside."""
    return f"{marker(manager)}@", f"{marker(manager)}+", of_profiles(manager), of_versions(manager)


def version(manager: str, username: str, of_secret: str) -> str:
    return f"{of_versions(manager)}{_digest([username, of_secret], 16)}"


def of_versions(manager: str) -> str:
    return f"{_VERSION}{_digest(manager, 8)}"


def watching(manager: str) -> str:
    """The schema whose procedures a manager's drift watch looks by. In small letters, which every server compares."""
    return f"{SCHEMAS}_{_digest(manager, 8)}"


def content(rights: Rights) -> list[list[object]]:
    """Rights as JSON has them, in one order."""
    return [
        [*map(str, (int(on.level), on.schema, on.name, on.part)), *sorted(held)] for on, held in sorted(rights.items())
    ]


def _digest(value: object, length: int) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:length]
