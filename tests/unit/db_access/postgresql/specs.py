"""Small specs for the engine's pure tests, and what they come to."""

from collections.abc import Mapping
from typing import Any

from db_access.plan.privileges import Kind
from db_access.postgresql.desired import desired
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.state import Desired
from db_access.spec import AccessSpec

MASTER = "master"


def spec(*users: Mapping[str, Any], groups: tuple[Mapping[str, Any], ...] = (), **database: Any) -> AccessSpec:
    """Database `app` with schemas `foo` and `bar`, both of `owner`."""
    schemas = [{"name": name, "owner": "owner"} for name in ("foo", "bar")]
    return AccessSpec.parse(
        {"databases": [{"name": "app", "schemas": schemas, **database}], "users": list(users), "groups": list(groups)}
    )


def user(name: str, *grants: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A user whose grants are in database `app` and, unless they say otherwise, in schema `foo`."""
    return {
        "username": name,
        "grants": [{"database": "app", "schemas": ["foo"], **grant} for grant in grants],
        **fields,
    }


def asked_for(wanted: AccessSpec) -> Desired:
    return desired(wanted, "app", master=MASTER)


def rights(
    state: Desired,
    who: str,
    kind: Kind,
    schema: str | None = "foo",
    *,
    column: str | None = None,
    name: str | None = None,
) -> str:
    """What `who` is to have on objects of that kind, as `INSERT SELECT`; nothing for none."""
    acl = Lookup.of(state).acl((kind, schema, column), name) or {}
    return " ".join(sorted(acl.get(who, ())))
