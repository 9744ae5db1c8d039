"""Which differences the statements of a plan show. A list of those that they do: whatever it lacks is shown as a
difference of the documents."""

from collections.abc import Collection, Mapping
from typing import Final

from pydantic import BaseModel

from db_access.spec import AccessSpec, Database, Grant, Group, Owner, Schema, User
from db_access.spec.model.kept import Keep
from db_access.spec.model.users import InGroup
from keyless.access_plan.documents.entries import Entry, Place, Step

_RIGHTS: Final = frozenset({"groups", "databases", "privileges", "grants"})
_MEASURED: Final[Mapping[type[BaseModel], frozenset[str]]] = {
    AccessSpec: frozenset({"databases", "owners", "groups", "users"}),
    Database: frozenset({"schemas"}),
    Schema: frozenset({"owner", "creators"}),
    Owner: _RIGHTS,
    Group: _RIGHTS,
    User: _RIGHTS | {"can_login", "enabled", "connection_limit", "settings"},
    InGroup: frozenset({"inherit", "set", "admin"}),
}
_NO_LIMIT: Final = -1


def measured(
    place: Place, before: Entry | None, after: Entry | None, *, named: Collection[str], base: Collection[Place]
) -> bool:
    """Whether statements show it: a field that they can show, of what one of them names.

    Args:
        named: the names in the plan's statements.
        base: the places of the base's spec, whose schemas have stand-ins for tables.
    """
    one = after or before
    if one is None or place[-1].field not in _MEASURED.get(one.owner, ()) or _about(place) not in named:
        return False
    if any(isinstance(entry.value, Keep) for entry in (before, after) if entry):
        return False
    if place[-1].field == "connection_limit":
        return _limit_shows({entry and entry.value for entry in (before, after)}, new=place[:-1] not in base)
    return not isinstance(one.value, Grant) or _stood_in(one.value, base)


def _about(place: Place) -> str | None:
    """The role, schema or database that the difference is about."""
    items = [step.item for step in place if step.item is not None]
    return items[-1] if place[0].field == "databases" else items[0]


def _limit_shows(values: Collection[int | None], *, new: bool) -> bool:
    """No limit, and none that is said, depend on the server's size."""
    return _NO_LIMIT not in values and (new or None not in values)


def _stood_in(grant: Grant, base: Collection[Place]) -> bool:
    """Whether the throwaway server has what the grant is on, besides what is yet to come."""
    if grant.only and (grant.functions or grant.types):
        return False
    schemas = [(Step("databases", grant.database), Step("schemas", schema)) for schema in grant.schemas]
    return not (grant.only or grant.key_columns) or all(place in base for place in schemas)
