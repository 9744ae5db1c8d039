"""What was passed on by those who had it WITH GRANT OPTION: which of it goes with the option. Pure.

No spec gives grant options, so each that a role of ours has is revoked. REVOKE … CASCADE takes what hangs on it, by any
chain (postgresql.org, REVOKE, Notes). What hangs on the option of a role that isn't ours stays.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from db_access.plan.privileges import PUBLIC, Privilege, Privileges
from db_access.postgresql.state import CurrentObjects, ForeignGrant

_NOTHING: Privileges = frozenset()


def staying(objects: CurrentObjects, ours: Container[str]) -> tuple[ForeignGrant, ...]:
    """The grants by others than the owner, as they are once `ours` have no grant option from the owner."""
    return _left(_from_owner(objects, ours), objects.foreign)


def in_the_end(objects: CurrentObjects, ours: Container[str]) -> tuple[ForeignGrant, ...]:
    """As `staying`, once `ours` have no grant option from anybody."""
    foreign = (replace(grant, options=_NOTHING) if grant.grantee in ours else grant for grant in objects.foreign)
    return _left(_from_owner(objects, ours), tuple(foreign))


def _from_owner(objects: CurrentObjects, ours: Container[str]) -> dict[str, Privileges]:
    return {grantee: may for grantee, may in objects.options.items() if grantee not in ours}


def _left(from_owner: Mapping[str, Privileges], foreign: tuple[ForeignGrant, ...]) -> tuple[ForeignGrant, ...]:
    """Those of `foreign` that hang on an option which is still there."""
    left = foreign
    while True:
        options = dict(from_owner)
        for grant in left:
            options[grant.grantee] = options.get(grant.grantee, _NOTHING) | grant.options
        kept = tuple(filter(None, (_with(grant, options.get(grant.grantor, _NOTHING)) for grant in left)))
        if kept == left:
            return kept
        left = kept


def _with(grant: ForeignGrant, options: Privileges) -> ForeignGrant | None:
    privileges = grant.privileges & options
    return ForeignGrant(grant.grantor, grant.grantee, privileges, grant.options & options) if privileges else None


def losers(before: Iterable[ForeignGrant], after: Iterable[ForeignGrant]) -> tuple[str, ...]:
    """Who loses what between the two, for the operator: `SELECT of 'x'`."""
    left: dict[tuple[str, str], Privileges] = {(grant.grantor, grant.grantee): grant.privileges for grant in after}
    lost: dict[str, set[Privilege]] = {}
    for grant in before:
        if gone := grant.privileges - left.get((grant.grantor, grant.grantee), _NOTHING):
            lost.setdefault(grant.grantee, set()).update(gone)
    return tuple(f"{', '.join(sorted(gone))} of {_named(who)}" for who, gone in sorted(lost.items()))


def _named(grantee: str) -> str:
    return "PUBLIC" if grantee == PUBLIC else repr(grantee)
