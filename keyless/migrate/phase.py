"""Where a migration stands, by the access spec alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from db_access.spec import User
from db_access.spec.places import suggestion
from db_access.wording import quoted
from keyless.editing.edits import Document
from keyless.editing.errors import EditError

SUFFIX: Final = "_iam"
_NOT_COPIED: Final = frozenset({"username", "auth_method", "password", "password_secret", "valid_until", "adopt"})
"""Fields of the password user that its successor doesn't have, or has otherwise."""
_ABOUT_RIGHTS: Final = ("connection_limit", "settings", "groups", "databases", "privileges", "grants")


class Phase(StrEnum):
    BEFORE = "not started"
    STARTED = "started"
    """Both users are there."""
    SWITCHED = "switched"
    """The old one can't log in, and keeps everything else."""
    FINISHED = "finished"


@dataclass(frozen=True)
class Migration:
    """Of the password user `old`, whose place the IAM user `new` takes."""

    old: str
    new: str

    @classmethod
    def of(cls, user: str, new_name: str | None = None) -> "Migration":
        return cls(user, new_name if new_name is not None else f"{user}{SUFFIX}")

    def __str__(self) -> str:
        return f"{quoted(self.old)} -> {quoted(self.new)}"


def phase(document: Document, migration: Migration) -> Phase:
    """
    Raises:
        EditError: when the spec has no such users, or they are no password user and its successor.
    """
    users = by_name(document)
    old, new = users.get(migration.old), users.get(migration.new)
    if new is not None and _method(new) != "iam":
        raise EditError([
            f"{migration.new!r} is in the spec already, with auth_method {_method(new)!r}; allowed: --new-name NAME"
        ])  # fmt: skip
    if old is None:
        if new is not None:
            return Phase.FINISHED
        known = passwords(document)
        allowed = ", ".join(known) or "none, nobody has a password"
        raise EditError([
            f"no user is named {migration.old!r}; {suggestion(migration.old, known)}allowed: {allowed}"
        ])  # fmt: skip
    if _method(old) != "password":
        raise EditError([
            f"{migration.old!r} has auth_method {_method(old)!r}; allowed: a user with auth_method 'password'"
        ])  # fmt: skip
    if new is None:
        return Phase.BEFORE
    return Phase.STARTED if _logs_in(old) else Phase.SWITCHED


def by_name(document: Document) -> dict[str, Mapping[str, Any]]:
    return {user["username"]: user for user in document.get("users", []) if isinstance(user.get("username"), str)}


def passwords(document: Document) -> list[str]:
    """Names of the users that have a password."""
    return [name for name, user in by_name(document).items() if _method(user) == "password"]


def successor(user: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the IAM user that takes the place of this password user."""
    return {"auth_method": "iam", **{field: value for field, value in user.items() if field not in _NOT_COPIED}}


def differences(document: Document, migration: Migration) -> list[str]:
    """Fields in which the spec says other things of both, such as after an edit of one of them by hand."""
    users = by_name(document)
    old, new = users.get(migration.old), users.get(migration.new)
    if old is None or new is None:
        return []
    return [field for field in _ABOUT_RIGHTS if _said(old, field) != _said(new, field)]


def _said(user: Mapping[str, Any], field: str) -> object:
    """In an order of its own, for that of groups and grants means nothing."""
    value = getattr(User.model_validate(user), field)
    return sorted(map(repr, value)) if isinstance(value, tuple) else value


def _method(user: Mapping[str, Any]) -> object:
    return user.get("auth_method", "iam")


def _logs_in(user: Mapping[str, Any]) -> bool:
    return bool(user.get("enabled", True)) and bool(user.get("can_login", True))
