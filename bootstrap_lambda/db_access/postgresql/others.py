"""Roles that are neither ours nor the master, and what they have been granted. Values only."""

from dataclasses import dataclass

from db_access.plan.privileges import Privileges


@dataclass(frozen=True)
class Stranger:
    """A role that the spec doesn't declare and that isn't ours by its mark: no superuser, and not the master."""

    name: str
    login: bool = False
    elevated: frozenset[str] = frozenset()
    """What comes near to everything: CREATEROLE, REPLICATION, BYPASSRLS."""
    managed_by: str | None = None
    """Another spec."""

    @property
    def built_in(self) -> bool:
        """PostgreSQL's or RDS's own. No spec may declare such a name."""
        return built_in(self.name)


@dataclass(frozen=True)
class OtherGrant:
    """What a role that isn't ours has been granted on something, and by whom."""

    grantor: str
    grantee: str
    privileges: Privileges
    passes_on: bool = False
    """Whether it may, so that others can hang on it."""


def built_in(name: str) -> bool:
    return name.startswith(("pg_", "rds"))
