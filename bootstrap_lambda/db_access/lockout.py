"""Who would be able to log in by an IAM token only, once a plan has run, though nobody meant it. Pure.

pg_hba's `+rds_iam` counts every chain of memberships (postgresql.org, The pg_hba.conf File), and from PostgreSQL 16 on
the ADMIN membership too that a role gets in those it creates.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from db_access.changes import AlterRole, CreateRole, GrantRole, Plan, RevokeRole
from db_access.desired_roles import RDS_IAM
from db_access.state import State

Edge = tuple[str, str]
"""A role and its member."""


@dataclass(frozen=True)
class Reach:
    """What the catalogs say about the memberships as a plan will leave them."""

    through: Mapping[str, str]
    """Everybody who reaches one of the spec's IAM users, to the role next on the way there."""
    otherwise: Set[str]
    """Everybody who reaches rds_iam by a way without them."""
    logins: Set[str]
    """Logins of today among both; no superusers."""


def memberships(plan: Plan, *, master: str, creator_joins: bool) -> tuple[set[Edge], set[Edge]]:
    """The memberships that a plan adds and takes away. `creator_joins`: PostgreSQL 16 and later."""
    added: set[Edge] = set()
    for change in plan:
        match change:
            case GrantRole():
                added.add((change.role, change.member))
            case RevokeRole(admin_only=False):
                added.discard((change.role, change.member))
            case _:
                pass
    created = {(change.role.name, master) for change in plan if isinstance(change, CreateRole) and creator_joins}
    taken = {(change.role, change.member) for change in plan if isinstance(change, RevokeRole) and not change.admin_only}
    return added | created, taken


def locked_out(plan: Plan, desired: State, reach: Reach, allowed: Set[str]) -> Iterator[str]:
    """A sentence for each login whose password would stop working, with the chain. `allowed`: logins that are IAM's on purpose."""
    changed = {change.role.name: change.role.login for change in plan if isinstance(change, CreateRole | AlterRole)}
    logins = (reach.logins | {name for name, login in changed.items() if login}) - {name for name, login in changed.items() if not login}
    passwords = {name for name, role in desired.roles.items() if role.login and name not in allowed}
    for name in sorted(logins - allowed):
        if name in reach.through and (name not in reach.otherwise or name in passwords):
            chain = " in ".join(map(repr, [*_chain(name, reach.through), RDS_IAM]))
            yield (
                f"login {name!r} would reach {RDS_IAM!r} through a membership, so its password would stop working: {chain}; "
                "allowed: IAM users of the spec only"
            )


def _chain(name: str, through: Mapping[str, str]) -> list[str]:
    chain = [name]
    while chain[-1] in through and through[chain[-1]] not in chain:
        chain.append(through[chain[-1]])
    return chain
