"""Who would be able to log in by an IAM token only, once a plan has run, though nobody meant it. Pure.

pg_hba's `+rds_iam` counts every chain of memberships (postgresql.org, The pg_hba.conf File), and from PostgreSQL 16 on
the ADMIN membership too that a role gets in those it creates.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from db_access.plan.changes import AlterRole, CreateRole, EndLogin, GrantRole, Plan, RevokeRole
from db_access.postgresql.desired.roles import RDS_IAM
from db_access.postgresql.state import Current, Desired

Edge = tuple[str, str]
"""A role and its member."""


@dataclass(frozen=True)
class Reach:
    """Who comes to rds_iam by the cluster's memberships, as they are or as a plan will leave them."""

    through: Mapping[str, str]
    """Everybody who reaches one of the spec's IAM users, to the role next on the way there."""
    otherwise: Mapping[str, str]
    """Everybody who reaches rds_iam by a way without them, to the role next on that way."""
    logins: Set[str]
    """Logins of today; no superusers."""


def reach(
    current: Current, iam_users: Set[str], added: Set[Edge] = frozenset(), taken: Set[Edge] = frozenset()
) -> Reach:
    """`iam_users`: the spec's, who are to be members of rds_iam."""
    there = {(m.role, m.member) for m in current.memberships} | current.other_memberships
    members: dict[str, list[str]] = {}
    for role, member in (there - taken) | added:
        members.setdefault(role, []).append(member)
    return Reach(_towards(iam_users, members, iam_users), _towards({RDS_IAM}, members, iam_users), _logins(current))


def iam_logins(current: Current) -> frozenset[str]:
    """Every login that reaches rds_iam, by any chain."""
    found = reach(current, frozenset())
    return frozenset(found.logins & found.otherwise.keys())


def _towards(goal: Set[str], members: Mapping[str, list[str]], without: Set[str]) -> dict[str, str]:
    """Everybody on a chain of memberships to one of `goal`, to the next role on the way there.

    Nobody is reached by way of `without`.
    """
    found: dict[str, str] = {}
    to_visit = deque(sorted(goal))
    while to_visit:
        role = to_visit.popleft()
        for member in sorted(members.get(role, ())):
            if member not in found and member not in goal and member not in without:
                found[member] = role
                to_visit.append(member)
    return found


def _logins(current: Current) -> frozenset[str]:
    return current.logins.union(
        name for name, role in current.roles.items() if role.login and "SUPERUSER" not in role.elevated
    )


def memberships(plan: Plan, *, master: str, creator_joins: bool) -> tuple[set[Edge], set[Edge]]:
    """The memberships that a plan adds and takes away. `creator_joins`: PostgreSQL 16 and later."""
    added: set[Edge] = set()
    taken: set[Edge] = set()
    for change in plan:
        match change:
            case CreateRole() if creator_joins:
                added.add((change.role.name, master))
            case GrantRole():
                added.add((change.role, change.member))
            case RevokeRole(admin_only=False):
                taken.add((change.role, change.member))
                added.discard((change.role, change.member))
            case _:  # LendRole is over when the plan is
                pass
    return added, taken


def locked_out(plan: Plan, desired: Desired, reach: Reach, allowed: Set[str]) -> Iterator[str]:
    """A sentence for each login whose password would stop working, with the chain.

    Args:
        allowed: logins that are IAM's on purpose.
    """
    changed = {change.role: False for change in plan if isinstance(change, EndLogin)}
    changed |= {change.role.name: change.role.login for change in plan if isinstance(change, CreateRole | AlterRole)}
    logins = (reach.logins | {name for name, login in changed.items() if login}) - {
        name for name, login in changed.items() if not login
    }
    for name, chain in _by_accident(desired, reach, logins - allowed):
        yield (
            f"login {name!r} would reach {RDS_IAM!r} through a membership, so its password would stop working: "
            f"{chain}; allowed: IAM users of the spec only"
        )


def locked_out_now(desired: Desired, reach: Reach, allowed: Set[str]) -> Iterator[str]:
    """The same of things as they are. `reach`: with no memberships added or taken."""
    for name, chain in _by_accident(desired, reach, reach.logins - allowed):
        yield (
            f"login {name!r} reaches {RDS_IAM!r}, so its password doesn't work: {chain}; "
            "allowed: IAM users of the spec only"
        )


def _by_accident(desired: Desired, reach: Reach, logins: Set[str]) -> Iterator[tuple[str, str]]:
    """Logins with the chain: who got there by the spec's IAM users alone, and in any way who has a password by it.

    What reaches rds_iam without them was somebody else's decision.
    """
    for name in sorted(logins):
        declared = name in desired.roles and desired.roles[name].login
        if name in reach.through and (declared or name not in reach.otherwise):
            yield name, _chain(name, reach.through)
        elif name in reach.otherwise and declared:
            yield name, _chain(name, reach.otherwise)


def _chain(name: str, towards: Mapping[str, str]) -> str:
    chain = [name]
    while chain[-1] in towards and towards[chain[-1]] not in chain:
        chain.append(towards[chain[-1]])
    return " in ".join(map(repr, chain if chain[-1] == RDS_IAM else [*chain, RDS_IAM]))
