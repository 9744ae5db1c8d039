"""Whether what a run would do is what was approved. Pure.

Compared are effects: the changes as sets, without their order, reasons and counts, and without what a run lends itself.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Final, Self

from db_access.errors import UnapprovedError
from db_access.plan.changes import (
    ActAs,
    Change,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    Grant,
    GrantDefault,
    GrantRole,
    Plan,
    Revoke,
    RevokeDefault,
    Scope,
    SetPassword,
    lasting,
)
from db_access.plan.privileges import PUBLIC, Kind
from db_access.plan.render import line
from db_access.spec.approved import Approved, Identity
from db_access.wording import listed


@dataclass(frozen=True)
class Effects:
    """The statements of a plan. Those about the cluster are made once, by the first database's run."""

    shared: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Around:
    """What statements don't say, as it was before the first of them."""

    about: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    """Statements that end logins, and that have nothing to do any more."""
    held: Mapping[str, str] = field(default_factory=dict)
    """Statements that wait for somebody's lock, and why."""
    occupied: tuple[str, ...] = ()
    """What somebody has in the database, the first of it; looked for where a first deploy was approved."""
    roles: tuple[str, ...] = ()
    """Of the spec, those that are there."""


@dataclass(frozen=True)
class Approval:
    """What a run in one database has to do, and what it may find done."""

    identity: Identity
    own: frozenset[str]
    due: frozenset[str]
    """Of the cluster's changes, those that no run before this one can have made."""
    shared: frozenset[str]
    """All of the cluster's changes."""
    about: frozenset[str]
    left: frozenset[str]
    first: bool
    """No run comes before this one."""

    @classmethod
    def of(cls, approved: Approved, database: str) -> Self | None:
        """None: the database isn't in it."""
        shared = {text for each in approved.databases for text in each.shared}
        for number, expected in enumerate(approved.databases):
            if expected.database == database:
                return cls(
                    expected.identity,
                    frozenset(expected.effects),
                    frozenset(expected.shared) if number == 0 else frozenset(),
                    frozenset(shared.union(approved.later)),
                    frozenset(expected.about),
                    frozenset(expected.left),
                    first=number == 0,
                )
        return None

    def differences(self, would: Effects, here: Identity, around: Around | None) -> Iterator[str]:
        """All that differs, a sentence each. Other statements are about other things, so only the same are looked
        behind. A login that has ended counts as done: its end outlives a rollback."""
        for name, value in self.identity.model_dump().items():
            if (found := getattr(here, name)) != value:
                yield f"another database: its {name} is {_said(found)}; approved: {_said(value)}"
        yield from (f"not approved: {text}" for text in sorted((would.own - self.own) | (would.shared - self.shared)))
        missing = (self.own - would.own) | (self.due - would.shared)
        done = around.ended if around else frozenset[str]()
        held = around.held if around else {}
        yield from (
            f"approved, and can't be done now: {text} ({held[text]})"
            if text in held
            else f"approved, and not to be done any more: {text}"
            for text in sorted(missing - done)
        )
        if around and not (would.own | would.shared) - (self.own | self.shared) and missing <= done:
            yield from self._differing(around, complete=self.first and not missing)

    def _differing(self, around: Around, *, complete: bool) -> Iterator[str]:
        """Once a part has been done, less is in the way, and memberships and objects may be left out."""
        yield from (f"not as it was approved: now {text}" for text in sorted(around.about - self.about))
        if complete:
            yield from (f"not as it was approved: then {text}" for text in sorted(self.about - around.about))
        yield from (f"left to others, and not when it was approved: {text}" for text in sorted(around.left - self.left))
        if complete:
            gone = sorted(self.left - around.left)
            yield from (f"left to others when it was approved, and not any more: {text}" for text in gone)


def _said(value: str | None) -> str:
    return "none yet" if value is None else value


def refuse_unapproved(
    approved: Approved, database: str, plan: Plan, would: Effects, here: Identity, around: Around | None
) -> None:
    """Let a plan pass that does nothing, or exactly what was approved.

    Args:
        plan: what the run would do and has done; `would` are its effects.
        around: None once the run has begun.

    Raises:
        UnapprovedError: with all that differs.
    """
    if not (would.own or would.shared):
        return
    if problems := list(_problems(approved, database, plan, would, here, around)):
        raise UnapprovedError(database, problems)


def _problems(
    approved: Approved, database: str, plan: Plan, would: Effects, here: Identity, around: Around | None
) -> Iterator[str]:
    approval = Approval.of(approved, database)
    if approved.first:
        yield from _not_first(plan, around or Around())
        yield from (
            f"a first deploy was approved, and this is about what is there already: {line(change).what}"
            for change in beyond_first(plan)
        )
    elif approval is None:
        yield "the approval says nothing of this database"
    else:
        yield from approval.differences(would, here, around)


def _not_first(plan: Plan, around: Around) -> Iterator[str]:
    """A run in another database of the spec has made the roles then, and has left nothing of the cluster to do."""
    if around.occupied:
        yield f"a first deploy was approved, and somebody has something here already: {', '.join(around.occupied)}"
    of_cluster = [c for c in lasting(plan) if c.scope is Scope.CLUSTER and not isinstance(c, CreateDatabase)]
    if around.roles and of_cluster:
        there = listed([repr(role) for role in around.roles])
        yield f"a first deploy was approved, and roles of the spec are there already: {there}"


def beyond_first(plan: Plan) -> list[Change]:
    """What isn't needed where nobody has anything yet: all but what gives to roles, and what locks PUBLIC out."""
    made = {change.role.name for change in plan if isinstance(change, CreateRole)}
    return [change for change in lasting(plan) if not _of_first(change, made)]


def _of_first(change: Change, made: Set[str]) -> bool:
    match change:
        case CreateDatabase() | CreateRole() | CreateSchema() | GrantDefault():
            return True
        case DescribeRole():
            return change.role.name in made
        case SetPassword() | Configure():
            return change.role in made
        case ActAs():
            return change.acts_as is not None
        case GrantRole():
            return change.new
        case Grant():
            return change.target.kind in _WITHOUT_DATA
        case Revoke():
            return change.target.kind in _WITHOUT_DATA and change.grantees == (PUBLIC,)
        case RevokeDefault():
            return change.grantees == (PUBLIC,)
        case _:
            return False


_WITHOUT_DATA: Final = (Kind.DATABASE, Kind.SCHEMA)
