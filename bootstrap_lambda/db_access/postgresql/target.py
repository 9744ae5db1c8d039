"""What one run is to reach, and what it decides on the way. Pure.

That is the plan, what is left of it afterwards, and who would be locked out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from db_access.errors import PlanError
from db_access.plan import data_loss
from db_access.plan.changes import ActAs, AlterRole, Change, DropRole, EndLogin, Plan, RevokeRole, lasting
from db_access.postgresql.desired import NOTHING, desired
from db_access.postgresql.desired.roles import RDS_IAM
from db_access.postgresql.outsiders import Outsiders, outsiders_of
from db_access.postgresql.planning import Planned, lockout, logins_to_end, plan, temporary
from db_access.postgresql.planning.authority import beyond_authority
from db_access.postgresql.planning.cut_off import cut_off_warnings
from db_access.postgresql.planning.encoding import unencodable
from db_access.postgresql.planning.keeping import kept_by_roles, with_kept_owners
from db_access.postgresql.planning.limits import limit_warnings
from db_access.postgresql.planning.reach import Reach
from db_access.postgresql.planning.retired import kept, not_dropped, obstructed, retired
from db_access.postgresql.planning.schemas import ruler, rulers
from db_access.postgresql.planning.single import Pairs, temporary_changes
from db_access.postgresql.planning.standing import standing
from db_access.postgresql.state import Current, CurrentRole, Desired
from db_access.spec import AccessSpec


@dataclass(frozen=True)
class Target:
    database: str
    master: str
    managed_by: str
    desired: Desired
    iam_logins: frozenset[str] = frozenset()
    """Logins that may be IAM-only."""
    removing: bool = False
    logins_only: bool = False
    """Leave out what is not about roles: what others gave or own can't keep a user's login alive."""
    rights_only: bool = False
    """Leave every role its login and memberships: other databases' runs decide on those."""

    @classmethod
    def converging(
        cls,
        spec: AccessSpec,
        database: str,
        *,
        master: str,
        iam_logins: frozenset[str],
        password_versions: Mapping[str, str],
    ) -> "Target":
        state = desired(spec, database, master=master, password_versions=password_versions)
        return cls(database, master, spec.managed_by, state, iam_logins)

    @classmethod
    def nothing(cls, database: str, *, master: str, managed_by: str, logins_only: bool, rights_only: bool) -> "Target":
        """No access for anybody that `managed_by` manages."""
        return cls(
            database, master, managed_by, NOTHING, removing=True, logins_only=logins_only, rights_only=rights_only
        )

    def check_encoding(self, encoding: str, database: str) -> None:
        """Raises PlanError for what the database that is looked at (`database`) can't hold in its encoding."""
        if problems := list(unencodable(self.desired, encoding=encoding, database=database)):
            raise PlanError(self.database, problems)

    def settled(self, current: Current) -> Desired:
        """`desired`, with what the catalog alone says: the owners that schemas keep, and what was given for a while and
        isn't over."""
        wanted = with_kept_owners(self.desired, current, self.master) if self.desired.keeping else self.desired
        return temporary.with_open(wanted, current) if self.desired.may_have else wanted

    def plan(self, current: Current) -> Planned:
        """The changes that a run makes, and those that it leaves to others."""
        planned = plan(
            self.settled(current),
            current,
            database=self.database,
            master=self.master,
            managed_by=self.managed_by,
            removing=self.removing,
        )
        data_loss.refuse(planned.changes, database=self.database)
        if self.removing:
            planned = replace(planned, changes=_of_logins(planned.changes)) if self.logins_only else planned
            self._check_authority(planned.changes, current)
        return planned

    def temporary_changes(self, wanted: Desired, current: Current, pairs: Pairs) -> Planned:
        """`wanted`: with the temporary memberships that are to be there."""
        return temporary_changes(wanted, current, pairs, master=self.master, managed_by=self.managed_by)

    def _check_authority(self, changes: Plan, current: Current) -> None:
        """A removal goes on where others have rights; not where the master can't take them."""
        problems = list(
            beyond_authority(
                changes,
                self.desired,
                current,
                database=self.database,
                master=self.master,
                managed_by=self.managed_by,
            )
        )
        if problems:
            raise PlanError(self.database, problems)

    def logins_to_end(self, current: Current) -> list[EndLogin]:
        return logins_to_end(self.desired, current, self.managed_by, removing=self.removing)

    def left(self, after: Current) -> list[Change]:
        """What a plan should have done and hasn't."""
        # A role that owned something until now is dropped by the next run, which finds that it owns nothing.
        left: list[Change] = [c for c in lasting(self.plan(after).changes) if not isinstance(c, DropRole)]
        return [change for change in left if isinstance(change, AlterRole | EndLogin)] if self.logins_only else left

    def lock_outs(self, changes: Plan, current: Current) -> Iterator[str]:
        """What the changes would do to logins."""
        added, taken = lockout.memberships(changes, master=self.master, creator_joins=current.membership_options)
        reach = lockout.reach(current, self._iam_users, added, taken)
        return lockout.locked_out(changes, self.desired, reach, self.iam_logins | self._iam_users)

    def lock_outs_now(self, current: Current) -> Iterator[str]:
        """As things are, whatever a run would make of them."""
        reach = lockout.reach(current, self._iam_users)
        return lockout.locked_out_now(self.desired, reach, self.iam_logins | self._iam_users)

    def warnings(self, current: Current) -> Iterator[str]:
        """What an operator should know of a plan beside its changes."""
        if not self.removing:
            settled = self.settled(current)
            yield from temporary.notes(settled)
            yield from kept_by_roles(settled)
            yield from not_dropped(self.desired, current, self.managed_by)
            yield from cut_off_warnings(self.desired, current)
            yield from limit_warnings(self.desired, current)

    def rulers(self, current: Current) -> list[str]:
        """Who rules the database though it is only a role of ours; no run changes that."""
        return [] if self.removing else list(rulers(current, self._reach(current), self.database))

    def standing(self, current: Current, planned: Planned) -> Desired:
        """What PostgreSQL's answers are held against in a run."""
        owner = ruler(current, self._reach(current))
        return standing(self.settled(current), planned.out_of_reach, {self.database: owner} if owner else {})

    def obstructed(self, current: Current) -> Current:
        """`current`, in which the roles to drop know what they hold and only others can take."""
        return obstructed(self.desired, current, self._reach(current)) if self.desired.drop else current

    def to_end(self, current: Current, done: Plan) -> tuple[dict[int, str], list[int]]:
        """Whose sessions end after these changes: of who has no access any more, or has had some for a while. And of
        whom those of all members do, too, which may have become what the role was in: before PostgreSQL 16."""
        had = temporary.ended(done, self.desired, current)
        through = [] if current.membership_options else [role.oid for role in had]
        return {role.oid: role.name for role in (*self.retired(current), *had)}, through

    def _reach(self, current: Current) -> Reach:
        return Reach.of(self.settled(current), current, master=self.master, managed_by=self.managed_by)

    def outsiders(self, current: Current) -> Outsiders:
        """Roles of others that have rights on what is declared; nobody when the access is deleted."""
        return Outsiders() if self.removing else outsiders_of(self.settled(current), current, self.master)

    def kept(self, current: Current) -> Iterator[str]:
        """Roles that are to be dropped, and are not yet."""
        return kept(self.desired, current, self.managed_by)

    def retired(self, current: Current) -> list[CurrentRole]:
        return retired(self.desired, current, self.managed_by, removing=self.removing)

    @property
    def _iam_users(self) -> frozenset[str]:
        return frozenset(m.member for m in self.desired.memberships if m.role == RDS_IAM)


def _of_logins(changes: Plan) -> Plan:
    """What takes logins away and can't be refused: a membership that was passed on can't be revoked."""
    return tuple(
        change
        for change in changes
        if isinstance(change, EndLogin | AlterRole | ActAs)
        or (isinstance(change, RevokeRole) and change.role == RDS_IAM)
    )
