"""One attempt on a database, within one transaction: what it is about, what it reads, and the plan that it comes to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final, Self

from psycopg import Connection

from db_access.errors import PlanError
from db_access.plan.changes import Plan
from db_access.plan.report import Summary
from db_access.postgresql import about, encoding, unreachable
from db_access.postgresql.answer import Answer
from db_access.postgresql.outsiders import Outsiders
from db_access.postgresql.planning import Held, OutOfReach, Planned
from db_access.postgresql.planning.pending import pending
from db_access.postgresql.snapshot import Snapshot
from db_access.postgresql.state import Current
from db_access.postgresql.target import Target
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from db_access.wording import first

_MOST: Final = 50
"""Warnings of what is left to others; the rest is counted."""


@dataclass(frozen=True)
class Told:
    """What an operator should know of a run beside its changes."""

    warnings: tuple[str, ...]
    left: tuple[str, ...]
    """All that the run leaves to others, of which the warnings name the first."""


@dataclass(frozen=True)
class Attempt:
    """Within the transaction that `connection` opens with its first statement."""

    connect: Callable[[], Connection[Any]]
    """Opens another connection, as the same role."""
    connection: Connection[Any]
    make_target: Callable[[], Target]
    """Called while the server is busy with the lock."""
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    just_made: bool = False
    """This run has made the database."""
    held: Held = field(default_factory=dict)
    """What others have locked, and is left with its owner."""

    @classmethod
    def converging(
        cls,
        connect: Callable[[], Connection[Any]],
        connection: Connection[Any],
        spec: AccessSpec,
        database: str,
        iam_logins: frozenset[str],
        secrets: Mapping[str, Secret],
        master: str | None = None,
    ) -> Self:
        """`database` is the one to look at: the connection is to another one when it is still to be made. `master`: who
        would run it, if that isn't who is connected."""
        versions = {username: secret.version for username, secret in secrets.items()}
        make = partial(
            Target.converging,
            master=master or connection.info.user,
            iam_logins=iam_logins,
            password_versions=versions,
        )
        return cls(connect, connection, partial(make, spec, database), secrets)

    @classmethod
    def removing(
        cls,
        connect: Callable[[], Connection[Any]],
        connection: Connection[Any],
        managed_by: str,
        *,
        logins_only: bool,
        rights_only: bool,
    ) -> Self:
        here = connection.info
        make = partial(
            Target.nothing,
            master=here.user,
            managed_by=managed_by,
            logins_only=logins_only,
            rights_only=rights_only,
        )
        return cls(connect, connection, partial(make, here.dbname))

    @cached_property
    def target(self) -> Target:
        target = self.make_target()
        target.check_encoding(encoding.of_server(self.connection), self.connection.info.dbname)
        return target

    @cached_property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.connection, self.target, self.just_made, self.held)

    def plan(self, current: Current) -> Planned:
        """The plan, once it is clear that it locks nobody out. Before COMMIT PostgreSQL is asked that again."""
        planned = self.target.plan(current)
        if problems := list(self.target.lock_outs(planned.changes, current)):
            raise PlanError(self.target.database, problems)
        return planned

    def about(self, changes: Plan, current: Current) -> frozenset[str]:
        """What the statements are about; asked now."""
        return about.ask(
            self.connection,
            changes,
            current,
            self.target.desired,
            master=self.target.master,
            there=self.connection.info.dbname == self.target.database,
        )

    def left(self, current: Current, out_of_reach: Iterable[OutOfReach]) -> tuple[str, ...]:
        """What a run leaves to others: what is out of reach, and who rules the database."""
        return (*self.target.rulers(current), *unreachable.sentences(out_of_reach))

    def warnings(self, current: Current, outsiders: Outsiders, outside: Answer[tuple[str, ...]]) -> tuple[str, ...]:
        """What a run leaves alone, and what it takes from others. Who isn't acknowledged is a proof's to tell."""
        return (*self.target.warnings(current), *outsiders.acknowledged, *outside.read())

    def told(self, current: Current, out_of_reach: Iterable[OutOfReach], outside: Answer[tuple[str, ...]]) -> Told:
        """A run's warnings: what others have is no more than one there, and makes no run fail."""
        outsiders, left = self.target.outsiders(current), self.left(current, out_of_reach)
        shown = first(left, _MOST, len(left))
        return Told((*outsiders.told, *shown, *self.warnings(current, outsiders, outside)), left)

    def summary(self, changes: Plan, digest: str, current: Current, told: Told) -> Summary:
        waiting = tuple(pending(self.target.desired, current))
        return Summary(
            database=self.target.database,
            digest=digest,
            plan=changes,
            kept=tuple(self.target.kept(current)),
            pending=waiting,
            warnings=told.warnings,
            left=told.left,
        )
