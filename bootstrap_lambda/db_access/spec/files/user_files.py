"""User files of the PostgreSQL user manager: one user, or `users` without `version` and `databases`.

They load unchanged. What such a file refers to without declaring it is declared here: groups without grants, and
databases in which nothing is locked. It is about its users only, and retires nobody else.
"""

from collections.abc import Mapping
from typing import Final

from db_access.spec.model.predefined import reserved
from db_access.spec.raw_document import RawDocument, memberships, strings

_ANY_DATABASE: Final = "postgres"
"""Every cluster has it. Roles belong to the cluster, so a file of users without databases is applied from there."""


def completed(raw: object) -> object:
    """`raw` as a spec, if it is a user file; otherwise as it is."""
    if not isinstance(raw, Mapping):
        return raw
    root = {"users": [raw]} if "username" in raw else raw
    if "users" not in root or root.keys() & {"version", "databases"}:
        return raw
    document = RawDocument(root)
    listed = root.get("groups", [])
    return {
        **root,
        "additive": True,
        "databases": [{"name": name, "public": "open"} for name in _databases(document) or [_ANY_DATABASE]],
        "groups": [*listed, *_undeclared_groups(document)] if isinstance(listed, list | tuple) else listed,
    }


def _undeclared_groups(document: RawDocument) -> list[dict[str, str]]:
    declared = {name for _, name in document.group_names}
    used = dict.fromkeys(name for _, grantee in document.grantees for _, name in memberships(grantee))
    return [{"name": name} for name in used if name not in declared and not reserved(name)]


def _databases(document: RawDocument) -> list[str]:
    """The databases of users and groups, and of their grants; each once."""
    of_grantees = [name for _, grantee in document.grantees for _, name in strings(grantee, "databases")]
    of_grants = [grant["database"] for _, grant in document.grants if isinstance(grant.get("database"), str)]
    return [*dict.fromkeys([*of_grantees, *of_grants])]
