"""What to edit in a spec to create, alter, disable or drop a user. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from db_access.spec import User
from db_access.spec.places import suggestion
from keyless.editing.edits import AddItem, Document, Edit, RemoveItem, SetField
from keyless.editing.errors import EditError

FIELDS: Final = tuple(User.model_fields)
"""Of a user, in the order in which they are written."""


def created(document: Document, name: str, fields: Mapping[str, Any]) -> list[Edit]:
    """A user of that name is no longer retired. Whether one is there already the spec says."""
    retired = [item.get("username") for item in document.get("retired", [])]
    again: list[Edit] = [RemoveItem("retired", retired.index(name))] if name in retired else []
    user = {"username": name, **{field: fields[field] for field in FIELDS if field in fields}}
    return [*again, AddItem("users", user)]


def altered(document: Document, name: str, fields: Mapping[str, Any]) -> list[Edit]:
    """What is so already is not edited.

    Raises:
        EditError: when the spec has no such user.
    """
    index = _index(document, name)
    user = document["users"][index]
    wanted = {field: _kept(user.get(field), value) if field == "groups" else value for field, value in fields.items()}
    return [
        SetField(("users", index), field, value, FIELDS)
        for field, value in wanted.items()
        if user.get(field, _default(field)) != value
    ]


def dropped(document: Document, name: str, *, keep_role: bool) -> list[Edit]:
    """The user's entry goes, and unless its role is to be kept, it is to be dropped as well.

    Raises:
        EditError: when the spec has no such user, or takes nobody's access away.
    """
    index = _index(document, name)
    if document.get("additive") or not document.keys() & {"version", "databases"}:
        raise EditError([f"the spec is additive, which takes nobody's access away; allowed: disable-user {name}"])
    retired: list[Edit] = [] if keep_role else [AddItem("retired", {"username": name, "drop": True})]
    return [RemoveItem("users", index), *retired]


def _index(document: Document, name: str) -> int:
    names = [user.get("username") for user in document.get("users", [])]
    if name in names:
        return names.index(name)
    known = [each for each in names if isinstance(each, str)]
    allowed = ", ".join(known) or "none, there are no users"
    raise EditError([f"no user is named {name!r}; {suggestion(name, known)}allowed: {allowed}"])


def _kept(there: object, groups: Sequence[str]) -> list[Any]:
    """The groups of these names, with the options that a membership has already."""
    listed = there if isinstance(there, list) else []
    options = {item["name"]: item for item in listed if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return [options.get(group, group) for group in groups]


def _default(field: str) -> Any:
    """As a document has it, which knows no tuples."""
    value = User.model_fields[field].default
    return [*value] if isinstance(value, tuple) else value
