"""What RDS's own logins need in a locked database. Nothing else of theirs is looked at or changed. Pure."""

from collections.abc import Iterable, Iterator

from db_access.plan.changes import Grant, Target
from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.desired.services import SERVICES, services
from db_access.postgresql.planning.reach import OutOfReach
from db_access.postgresql.state import Current, CurrentObjects, Desired


def service_changes(desired: Desired, current: Current) -> Iterator[Grant | OutOfReach]:
    """CONNECT for each that exists and hasn't got it itself; in somebody else's database that one's to give. No spec
    asks for it, so nothing is refused for it."""
    here = next((found for found in current.objects if found.kind is Kind.DATABASE), None)
    if here is None:
        return
    lacking = tuple(name for name in services(desired) if name in current.strangers and not _connects(here, name))
    if lacking:
        target = Target(Kind.DATABASE, None, here.names)
        grant = Grant(target, (Privilege.CONNECT,), lacking, reason="RDS logs in by it, and PUBLIC is locked")
        yield OutOfReach(grant, here.owner) if here.owner in current.limits.owners else grant


def left_to_others(out_of_reach: Iterable[OutOfReach]) -> bool:
    """Whether somebody else has to let a service in."""
    return any(isinstance(left.change, Grant) and {*left.change.grantees} & {*SERVICES} for left in out_of_reach)


def _connects(here: CurrentObjects, name: str) -> bool:
    return any(grant.grantee == name and Privilege.CONNECT in grant.privileges for grant in here.others)
