"""Whose objects, grants and memberships a run can change, and what it leaves to others. Pure.

A run acts as the master, and as whom it can make the master a member of for as long as it takes: the roles of ours.
What belongs to others, or was given by them, only they can change. It is no conflict: whoever could bring one about
would have a veto. The run does everything else, and names it.
"""

from dataclasses import dataclass
from typing import Final, Self

from db_access.plan.changes import Change
from db_access.postgresql.state import Current, Desired

OWNER_OF_THE_DATABASE: Final = "pg_database_owner"


SUPERUSER: Final = ""
"""As who decides: a superuser, whoever that is. No role has this name."""


@dataclass(frozen=True)
class OutOfReach:
    """A change that the spec asks for, and that a run leaves to somebody else."""

    change: Change
    by: str
    """Whose decision it is: the owner, the grantor, or SUPERUSER."""
    locked: bool = False
    """Only for now, by a lock of somebody else."""


@dataclass(frozen=True)
class Reach:
    master: str
    ours: frozenset[str]
    """The roles that the spec manages, or takes over with this run."""
    makers: frozenset[str]
    """Who owns a schema or makes objects in one: the master is a member of each."""

    @classmethod
    def of(cls, desired: Desired, current: Current, *, master: str, managed_by: str) -> Self:
        makers = frozenset((*desired.schemas.values(), *(key.creator for key in desired.defaults)))
        return cls(master, ours(desired, current, managed_by), makers)

    def includes(self, role: str) -> bool:
        """Whether a run can act as `role`."""
        return role in self.ours or role in self.makers or role in (self.master, OWNER_OF_THE_DATABASE)


def ours(desired: Desired, current: Current, managed_by: str) -> frozenset[str]:
    """The roles that exist and that the spec manages, or takes over."""
    return frozenset(
        name
        for name, role in current.roles.items()
        if role.managed_by == managed_by
        or (role.managed_by is None and name in desired.roles and desired.roles[name].adopt)
    )
