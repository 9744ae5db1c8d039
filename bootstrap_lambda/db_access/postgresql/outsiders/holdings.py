"""What roles of others hold on what a spec declares: by grants, by ownership and by attributes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from db_access.plan.privileges import Kind, Privilege, Privileges
from db_access.postgresql.others import OtherGrant
from db_access.postgresql.outsiders import statements
from db_access.postgresql.state import Current, CurrentObjects, Desired
from db_access.wording import listed


@dataclass(frozen=True)
class Holding:
    """One thing that a role has, the statement that takes it away, and as whom it is run."""

    role: str
    what: str
    """`SELECT on table foo.event`."""
    take_away: str
    by: str | None = None
    """None: a superuser."""


@dataclass(frozen=True)
class _Alike:
    """What somebody has been granted in the same way on several objects."""

    grantee: str
    grantor: str
    owner: str
    kind: Kind
    schema: str | None
    column: str | None
    privileges: Privileges
    passes_on: bool


def on_objects(desired: Desired, current: Current) -> Iterator[Holding]:
    """The database, the declared schemas and everything in them, owners first."""
    yield from _owned(desired, current)
    alike: dict[_Alike, list[str]] = {}
    for objects in _declared(desired, current):
        for grant in objects.others:
            if grant.grantee in current.strangers and (privileges := _beyond_rds(objects, grant, current)):
                column = objects.columns[0] if objects.columns else None
                key = _Alike(
                    grant.grantee,
                    grant.grantor,
                    objects.owner,
                    objects.kind,
                    objects.schema,
                    column,
                    privileges,
                    grant.passes_on,
                )
                alike.setdefault(key, []).extend(objects.names)
    yield from (_granted(key, names) for key, names in alike.items())


def on_future_objects(desired: Desired, current: Current) -> Iterator[Holding]:
    """Of everybody who makes objects in the declared schemas."""
    creators = {key.creator for key in desired.defaults}
    for key, grants in current.default_others.items():
        if key.creator not in creators or (key.schema is not None and key.schema not in desired.declared):
            continue
        for grant in grants:
            if grant.grantee in current.strangers:
                where = "" if key.schema is None else f" in schema {key.schema}"
                what = f"{_words(grant.privileges)} on future {key.kind}s of {key.creator!r}{where}"
                revoke = statements.revoke_future(grant.privileges, key, grant.grantee)
                yield Holding(grant.grantee, what, revoke, key.creator)


def attributes(current: Current) -> Iterator[Holding]:
    for name, stranger in current.strangers.items():
        if not stranger.built_in:
            for attribute in sorted(stranger.elevated):
                yield Holding(name, attribute, statements.without(attribute, name))


def _owned(desired: Desired, current: Current) -> Iterator[Holding]:
    """Each owner's things of one kind and schema together, whatever their ACLs."""
    alike: dict[tuple[str, Kind, str | None], list[str]] = {}
    for objects in _declared(desired, current):
        owner = current.strangers.get(objects.owner)
        if owner is not None and not owner.built_in and not objects.columns:
            alike.setdefault((owner.name, objects.kind, objects.schema), []).extend(objects.names)
    for (name, kind, schema), names in alike.items():
        to = desired.schemas.get(schema) if schema is not None else None
        yield Holding(name, f"ownership of {_shown(kind, schema, names)}", statements.own(kind, schema, names[0], to))


def _declared(desired: Desired, current: Current) -> Iterator[CurrentObjects]:
    return (found for found in current.objects if found.schema is None or found.schema in desired.declared)


def _beyond_rds(objects: CurrentObjects, grant: OtherGrant, current: Current) -> Privileges:
    """RDS's own logins need CONNECT where PUBLIC is locked (AuroraUserGuide, rds-proxy-new-db-user), and no more: nor
    the right to pass it on."""
    meant = objects.kind is Kind.DATABASE and current.strangers[grant.grantee].built_in and not grant.passes_on
    return grant.privileges - {Privilege.CONNECT} if meant else grant.privileges


def _granted(alike: _Alike, names: list[str]) -> Holding:
    column = "" if alike.column is None else f"column {alike.column} of "
    by = "" if alike.grantor == alike.owner else f" (granted by {alike.grantor!r}, who alone can take it back)"
    passed_on = ", which it may pass on" if alike.passes_on else ""
    what = f"{_words(alike.privileges)} on {column}{_shown(alike.kind, alike.schema, names)}{passed_on}{by}"
    revoke = statements.revoke(alike.privileges, alike.kind, alike.schema, names, alike.column, alike.grantee)
    return Holding(alike.grantee, what, f"{revoke} CASCADE" if alike.passes_on else revoke, alike.grantor)


def _shown(kind: Kind, schema: str | None, names: list[str]) -> str:
    prefix = f"{schema}." if schema is not None and kind.in_schema else ""
    several = "s" if len(names) > 1 else ""
    return f"{kind}{several} {listed([f'{prefix}{name}' for name in sorted(names)[:4]], count=len(names))}"


def _words(privileges: Privileges) -> str:
    return ", ".join(sorted(privileges))
