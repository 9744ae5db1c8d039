"""The part of a plan about default privileges. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from db_access.plan.changes import GrantDefault, ObjectChange, RevokeDefault
from db_access.plan.privileges import PUBLIC, Acl, DefaultKey, Kind, Privilege
from db_access.postgresql.planning.compare import NOTHING, alike, extra
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.state import Current

_OF_NEW_FUNCTIONS: Final[Acl] = {PUBLIC: frozenset({Privilege.EXECUTE})}
"""What PostgreSQL gives when no default privilege is recorded (postgresql.org, Privileges, table 5.2)."""


def default_changes(
    desired: Mapping[DefaultKey, Acl], current: Current, reach: Reach
) -> Iterator[ObjectChange | OutOfReach]:
    for change in _changes(desired, current):
        creator = change.key.creator
        yield change if reach.includes(creator) else OutOfReach(change, creator)


def _changes(desired: Mapping[DefaultKey, Acl], current: Current) -> Iterator[GrantDefault | RevokeDefault]:
    for key in sorted(desired.keys() | current.defaults.keys(), key=lambda k: (k.creator, k.schema or "", k.kind)):
        allowed, options = desired.get(key, {}), current.default_options.get(key, {})
        there = current.defaults.get(key, _OF_NEW_FUNCTIONS if key.schema is None and key.kind is Kind.FUNCTION else {})
        kept = {grantee: privileges & allowed.get(grantee, NOTHING) for grantee, privileges in options.items()}
        if not kept and alike(there, allowed):
            continue
        for privileges, grantees in extra(allowed, there).items():
            yield RevokeDefault(key, privileges, tuple(grantees), reason="future objects would give more than the spec")
        for privileges, grantees in extra({}, kept).items():
            yield RevokeDefault(
                key, privileges, tuple(grantees), option_only=True, reason="future objects would let it be passed on"
            )
        for privileges, grantees in extra(there, allowed).items():
            yield GrantDefault(key, privileges, tuple(grantees), reason="future objects would give less than the spec")
