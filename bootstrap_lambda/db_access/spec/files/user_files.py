"""User files of the PostgreSQL user manager: one user, or `users` alone, without `version` and `databases`. They load
unchanged.

What such a file names and nobody declares is declared here: groups without grants, and databases in which nothing is
locked.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.places import elements, strings

_ANY_DATABASE: Final = "postgres"
"""Every cluster has it. Roles are the cluster's, so that a file of users without databases is converged from there."""


def completed(raw: object) -> object:
    """`raw` as a spec, if it is such a file; otherwise as it is."""
    if not isinstance(raw, Mapping):
        return raw
    root = {"users": [raw]} if "username" in raw else raw
    if "users" not in root or root.keys() & {"version", "databases"}:
        return raw
    declared = {group.get("name") for _, group in elements(root, "groups") if isinstance(group.get("name"), str)}
    groups = [{"name": name} for name in dict.fromkeys(_groups(root)) if name not in declared]
    databases = [{"name": name, "public": "open"} for name in dict.fromkeys(_databases(root))]
    listed = root.get("groups", [])
    return {
        **root,
        "databases": databases or [{"name": _ANY_DATABASE, "public": "open"}],
        "groups": [*listed, *groups] if isinstance(listed, list | tuple) else listed,
    }


def _groups(root: Mapping[str, Any]) -> Iterator[str]:
    for key in ("users", "groups"):
        for _, who in elements(root, key):
            yield from (name for _, name in strings(who, "groups"))
            yield from (entry["name"] for _, entry in elements(who, "groups") if isinstance(entry.get("name"), str))


def _databases(root: Mapping[str, Any]) -> Iterator[str]:
    for key in ("users", "groups"):
        for _, who in elements(root, key):
            yield from (name for _, name in strings(who, "databases"))
            yield from (
                grant["database"] for _, grant in elements(who, "grants") if isinstance(grant.get("database"), str)
            )
