"""Small specs for the engine's pure tests, and what they come to, as texts that a reader can check by eye."""

from collections.abc import Mapping, Sequence
from typing import Any

from db_access.plan.privileges import PUBLIC, Kind, Privileges
from db_access.postgresql.desired import desired
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.state import Desired, DesiredObjects
from db_access.spec import AccessSpec

MASTER = "master"


def spec(
    *users: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]] = (),
    owners: Sequence[Mapping[str, Any]] = (),
    retired: Sequence[Mapping[str, Any]] = (),
    others: Sequence[Mapping[str, Any]] = (),
    **database: Any,
) -> AccessSpec:
    """Database `app` with schemas `foo` and `bar`, both of `owner`; `others` are further databases."""
    schemas = [{"name": name, "owner": "owner"} for name in ("foo", "bar")]
    return AccessSpec.parse(
        {
            "databases": [{"name": "app", "schemas": schemas, **database}, *others],
            "users": list(users),
            "groups": list(groups),
            "owners": list(owners),
            "retired": list(retired),
        }
    )


def user(name: str, *grants: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A user whose grants are in database `app` and, unless they say otherwise, in schema `foo`."""
    return {"username": name, "grants": _in_foo(grants), **fields}


def group(name: str, *grants: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": name, "grants": _in_foo(grants), **fields}


def _in_foo(grants: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"database": "app", "schemas": ["foo"], **grant} for grant in grants]


def asked_for(wanted: AccessSpec, database: str = "app", **password_versions: str) -> Desired:
    return desired(wanted, database, master=MASTER, password_versions=password_versions)


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
    return words(acl.get(who, frozenset()))


def all_rights(state: Desired, who: str) -> dict[str, str]:
    """All that `who` itself is to have, by place: `table foo.*` is every table, `table foo.*(id)` their columns `id`."""
    return {_place(objects): words(objects.acl[who]) for objects in state.objects if objects.acl.get(who)}


def future_rights(state: Desired, who: str, creator: str) -> dict[str, str]:
    """What `who` is to have on what `creator` will make: `table foo.*`."""
    return {
        f"{key.kind} {key.schema or '*'}.*": words(acl[who])
        for key, acl in state.defaults.items()
        if key.creator == creator and acl.get(who)
    }


def locked(state: Desired) -> set[str]:
    """Where PUBLIC is to have nothing; on all else its rights are nobody's business."""
    return {_place(objects) for objects in state.objects if PUBLIC in objects.acl and not objects.acl[PUBLIC]}


def memberships(state: Desired, member: str) -> dict[str, str]:
    """Role to options: `inherit set` is a plain membership."""
    found = [m for m in state.memberships if m.member == member]
    return {m.role: " ".join(name for name in ("inherit", "set", "admin") if getattr(m, name)) for m in found}


def words(privileges: Privileges) -> str:
    return " ".join(sorted(privileges))


def _place(objects: DesiredObjects) -> str:
    name = ", ".join(objects.names) or "*"
    column = f"({objects.columns[0]})" if objects.columns else ""
    return f"{objects.kind} {f'{objects.schema}.{name}' if objects.kind.in_schema else name}{column}"
