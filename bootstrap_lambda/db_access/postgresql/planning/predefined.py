"""What stands against memberships in PostgreSQL's and RDS's own roles. Pure."""

from collections.abc import Iterator

from db_access.postgresql.desired.predefined import given
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.state import Current, Desired
from db_access.spec.model.predefined import ALLOWED
from db_access.wording import listed


def predefined_conflicts(desired: Desired, current: Current, *, master: str) -> Iterator[str]:
    """Roles that this server doesn't have, and those whose members the master may not choose; a sentence for each."""
    missing: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    for membership in given(desired.memberships):
        if membership.role not in current.predefined:
            missing.setdefault(membership.role, []).append(repr(membership.member))
        elif membership not in current.memberships and not current.predefined[membership.role]:
            refused.setdefault(membership.role, []).append(repr(membership.member))
    for role, members in missing.items():
        since = ALLOWED[role]
        where = "only RDS and Aurora have it" if since is None else f"PostgreSQL has it from version {since} on"
        yield f"{role!r} is to have {listed(members)} as a member, and this server has no such role: {where}"
    for role, members in refused.items():
        yield (
            f"{role!r} is to have {listed(members)} as a member, and the master {master!r} lacks the ADMIN option on "
            f"it; allowed: GRANT {role} TO {identifier(master)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE, as a "
            "superuser or as whoever has the option, then run again"
        )
