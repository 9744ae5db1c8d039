"""The part of a plan that grants and revokes: by delta, grouped into as few statements as there are distinct deltas."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from db_access.plan.changes import Change, Grant, GrantDefault, ObjectChange, Revoke, RevokeDefault, Target
from db_access.plan.privileges import PUBLIC, Acl, Kind
from db_access.postgresql.planning.acting import Grantors
from db_access.postgresql.planning.compare import NOTHING, alike, compared, extra
from db_access.postgresql.planning.defaults import default_changes
from db_access.postgresql.planning.grouped import Grouped, Way
from db_access.postgresql.planning.passed_on import in_the_end, losers, staying
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.state import Current, CurrentObjects, Desired


def grant_changes(desired: Desired, current: Current, reach: Reach) -> Iterator[ObjectChange | OutOfReach]:
    """Revokes before grants, objects that exist before those to come."""
    found = _Found(frozenset((PUBLIC, *current.roles)), reach, Grantors.of(desired, current, reach))
    for objects, names, allowed in _after_revokes(compared(desired, current)):
        found.add(objects, names, allowed)
    yield from found.statements.changes()
    yield from default_changes(desired.defaults, current, reach)


@dataclass(frozen=True)
class _Found:
    ours: frozenset[str]
    reach: Reach
    grantors: Grantors
    statements: Grouped = field(default_factory=Grouped)

    def add(self, objects: CurrentObjects, names: tuple[str, ...], allowed: Acl) -> None:
        kept = {
            grantee: may & allowed.get(grantee, NOTHING)
            for grantee, may in objects.options.items()
            if grantee in self.ours
        }
        if not (kept or objects.foreign) and alike(objects.acl, allowed):
            return
        for way, alike_names in self._ways(objects, names):
            self._add(objects, alike_names, allowed, kept, way)

    def _ways(self, objects: CurrentObjects, names: tuple[str, ...]) -> Iterator[tuple[Way, tuple[str, ...]]]:
        if not self._can_change(objects):
            yield Way(objects.owner), names
            return
        for acting, alike_names in self.grantors.split(objects, names):
            if acting.usage_for and (gives := self.grantors.gives_usage(objects)):
                yield Way(objects.owner, needs=gives), alike_names
            else:
                yield Way(acting=acting), alike_names

    def _add(self, objects: CurrentObjects, names: tuple[str, ...], allowed: Acl, kept: Acl, way: Way) -> None:
        place, to = Target(objects.kind, objects.schema, (), objects.columns), self.statements
        stay, end = staying(objects, self.ours), in_the_end(objects, self.ours)
        lossy = way._replace(passed_on=losers(objects.foreign, stay))
        to.revoke(place, extra(allowed, objects.acl), names, lossy)
        to.revoke_option(place, extra({}, kept), names, lossy)
        to.grant(place, extra(objects.acl, allowed), names, way)
        for grant in stay if way.by is None else objects.foreign:
            if grant.grantee in self.ours and grant.grantee != objects.owner:
                by = None if grant.grantor == self.reach.master else grant.grantor
                other = Way(by, passed_on=losers(stay, end) if grant.options else ())
                may = grant.options & allowed.get(grant.grantee, NOTHING)
                to.revoke(place, extra(allowed, {grant.grantee: grant.privileges}), names, other)
                to.revoke_option(place, extra({}, {grant.grantee: may}), names, other)

    def _can_change(self, objects: CurrentObjects) -> bool:
        return objects.kind is Kind.DATABASE or not objects.owner or self.reach.includes(objects.owner)


def _after_revokes(
    found: Iterable[tuple[CurrentObjects, tuple[str, ...], Acl]],
) -> Iterator[tuple[CurrentObjects, tuple[str, ...], Acl]]:
    """A REVOKE on a table takes the same privilege on its columns too, so there they are as if not granted.

    Relies on whole tables coming before their columns.
    """
    lost: dict[tuple[str | None, str], Acl] = {}
    for objects, names, allowed in found:
        if objects.kind is Kind.TABLE and not objects.columns and objects.acl != allowed:
            taken: Acl = {
                grantee: frozenset(beyond)
                for beyond, holders in extra(allowed, objects.acl).items()
                for grantee in holders
            }
            lost.update({(objects.schema, name): taken for name in names if taken})
        hit = [name for name in names if (objects.schema, name) in lost] if objects.columns and lost else []
        for name in hit:
            taken = lost[objects.schema, name]
            left = {grantee: held - taken.get(grantee, NOTHING) for grantee, held in objects.acl.items()}
            yield replace(objects, acl=left), (name,), allowed
        if rest := tuple(name for name in names if name not in hit) if hit else names:
            yield objects, rest, allowed


def touched(changes: Iterable[Change]) -> frozenset[str] | None:
    """The schemas in which the changes alter rights; None when they alter more than rights."""
    schemas: set[str | None] = set()
    for change in changes:
        match change:
            case Grant() | Revoke():
                schemas.add(change.target.schema)
            case GrantDefault() | RevokeDefault():
                schemas.add(change.key.schema)
            case _:
                return None
    return frozenset(schema for schema in schemas if schema is not None)
