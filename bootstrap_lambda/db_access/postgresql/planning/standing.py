"""What a spec asks for, together with what stays beyond it because it is out of a run's reach. Pure.

A run's proof holds PostgreSQL's answers against this; `prove` holds them against the spec itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from db_access.plan.changes import Grant, OwnObject, OwnSchema, Revoke, RevokeRole, Target
from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege, Privileges
from db_access.postgresql.desired.lookup import Lookup, joined
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE, OutOfReach
from db_access.postgresql.state import Desired, Place

_NOTHING: Privileges = frozenset()


def standing(desired: Desired, left: Iterable[OutOfReach], ruled: Mapping[str, str] = MappingProxyType({})) -> Desired:
    """`desired`, where the changes `left` are not made.

    Args:
        ruled: the database, where it belongs to a role of ours, and that role.
    """
    lookup = Lookup.of(desired)
    kept: dict[tuple[Place, str], Acl] = {}
    owned: dict[tuple[Place, str], str] = {((Kind.DATABASE, None, None), name): by for name, by in ruled.items()}
    through = {owner: frozenset({OWNER_OF_THE_DATABASE}) for owner in ruled.values()}
    for each in left:
        match each.change:
            case Grant(target, privileges, grantees):
                for at in _objects(target):
                    kept[at] = _less(kept.get(at, lookup.acl(*at) or {}), _acl(grantees, privileges))
            case Revoke(target, privileges, grantees, option_only=False):
                for at in _objects(target):
                    kept[at] = _more(kept.get(at, lookup.acl(*at) or {}), _acl(grantees, privileges))
            case OwnObject(kind, schema, name):
                owned[(kind, schema, None), name] = each.by
            case OwnSchema(name):
                owned[(Kind.SCHEMA, name, None), name] = each.by
            case RevokeRole(role, member, admin_only=False):
                through[member] = through.get(member, frozenset()) | {role}
            case _:
                pass
    return replace(desired, kept=kept, owned=owned, through=through)


def _objects(target: Target) -> Iterator[tuple[Place, str]]:
    place = target.kind, target.schema, target.columns[0] if target.columns else None
    yield from ((place, name) for name in target.names)


def _acl(grantees: Sequence[str], privileges: Sequence[Privilege]) -> Acl:
    return dict.fromkeys(grantees, frozenset(privileges))


def _less(acl: Acl, missing: Acl) -> Acl:
    return {who: has - missing.get(who, _NOTHING) for who, has in acl.items()}


def _more(acl: Acl, held: Acl) -> Acl:
    """What PUBLIC has everybody has: an ACL that doesn't speak of PUBLIC allows that."""
    both = joined(acl, held)
    return {who: has for who, has in both.items() if who != PUBLIC} if PUBLIC in held else both
