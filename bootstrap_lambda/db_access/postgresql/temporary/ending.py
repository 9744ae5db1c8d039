"""End memberships that were given for a while: one, at once, or all that are over."""

from db_access.errors import AccessError, ApplyError, LockHeldError
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.temporary.asked import TemporaryError, named, refuse_permanent
from db_access.postgresql.temporary.listing import recorded
from db_access.postgresql.temporary.narrow import OpenSessionsError
from db_access.postgresql.temporary.taking import Connect, Ended, Taking
from db_access.spec import AccessSpec


def end(
    connect: Connect, spec: AccessSpec, database: str, member: str, group: str, *, timeouts: Timeouts
) -> list[Ended]:
    """End it now, and the member's sessions; empty when it isn't there.

    Raises:
        TemporaryError: when the spec has no such user or group, or gives the membership for good.
    """
    refuse_permanent(named(spec, member), group)
    if group not in [each.name for each in spec.groups]:
        raise TemporaryError([f"the spec has no group {group!r}; allowed: one of its groups"])
    return Taking(connect, spec, database, member, group, keep_open=False).run(timeouts)


def end_expired(
    connect: Connect, spec: AccessSpec, database: str, *, timeouts: Timeouts, master: str | None = None
) -> list[Ended]:
    """End each that the spec lets be given for a while, that is there, and that is not open: by the server's clock, or
    because nothing allowed is recorded of it. Takes no lock where there is none; one that can't be ended keeps no other
    from ending.

    Args:
        master: whose run holds the lock, if one does: it ends them itself, or the next look does.

    Raises:
        AccessError: for those that couldn't be ended, when the others have been.
    """
    found = [each for each in recorded(connect, spec, database, timeouts=timeouts) if not each.open]
    done, errors = list[Ended](), list[str]()
    for holding in found:
        try:
            done += Taking(connect, spec, database, holding.member, holding.group, keep_open=True).run(timeouts)
        except OpenSessionsError as error:
            errors.append(f"{holding.member!r} is in {holding.group!r} no more: {error}")
        except LockHeldError as error:
            if not any(holder.role == master for holder in error.holders):
                errors.append(f"{holding.member!r} is still in {holding.group!r}: {error}")
        except AccessError as error:
            errors.append(f"{holding.member!r} is still in {holding.group!r}: {error}")
    if errors:
        raise ExpiredError(done, errors)
    return done


class ExpiredError(ApplyError):
    """Memberships that are over couldn't be ended; `done`: those that were."""

    def __init__(self, done: list[Ended], errors: list[str]) -> None:
        self.done = done
        super().__init__("\n".join(errors))
