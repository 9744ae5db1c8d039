"""One migration as it was found: by the spec, and in its databases. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyless.migrate.phase import Migration, Phase
from keyless.migrate.points import Point
from keyless.migrate.roles import Role, Session


@dataclass(frozen=True)
class Seen:
    """One migration at one moment."""

    migration: Migration
    phase: Phase
    """By the spec."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Of the two, those that the cluster has."""
    sessions: Sequence[Session] = ()
    ties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By role: what of it no sync takes away."""
    in_spec: Sequence[Point] = ()
    points: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    """In what both differ, by database; only while the old one logs in."""

    @property
    def old(self) -> Role | None:
        return self.roles.get(self.migration.old)

    @property
    def new(self) -> Role | None:
        return self.roles.get(self.migration.new)

    @property
    def replaced(self) -> bool:
        """Whether the databases have the new user as the spec has it."""
        return self.new is not None and self.new.logs_in and self.new.by_iam

    @property
    def switching(self) -> bool:
        """Whether the old user logs in beside the new one, or still does though the spec says that it doesn't."""
        return self.phase is Phase.STARTED or (self.phase is Phase.SWITCHED and still_logs_in(self.old))

    @property
    def followed(self) -> bool:
        """Whether the databases say what the spec does."""
        match self.phase:
            case Phase.BEFORE:
                return self.new is None
            case Phase.STARTED:
                return self.replaced and still_logs_in(self.old)
            case Phase.SWITCHED:
                return self.replaced and self.old is not None and not self.old.logs_in
            case Phase.FINISHED:
                return self.replaced and self.old is None

    @property
    def everywhere(self) -> list[Point]:
        return [*self.in_spec, *dict.fromkeys(point for points in self.points.values() for point in points)]

    def open(self, user: str) -> list[Session]:
        return [session for session in self.sessions if session.user == user]


def still_logs_in(role: Role | None) -> bool:
    return role is not None and role.logs_in
