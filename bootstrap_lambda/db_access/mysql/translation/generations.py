"""Which role has the rights of a profile on the server at hand.

On MariaDB whoever has a role may make what runs as it, events of their own accord (DEFINER=CURRENT_ROLE), and that goes
on when the role is taken from who made it, for as long as there is a role of that name. So another takes its place
then. Pure.
"""

from collections.abc import Mapping
from itertools import chain, count

from db_access.mysql import names
from db_access.mysql.state import Flavor, State, Who


def in_use(members: Mapping[str, frozenset[Who]], state: State) -> dict[str, str]:
    """By profile the role's name. `members`: who is to have each."""
    if state.server.flavor is Flavor.MYSQL:  # nobody is anything's definer there but itself
        return {profile: profile for profile in members}
    return {profile: _generation(profile, wanted, state) for profile, wanted in members.items()}


def _generation(profile: str, wanted: frozenset[Who], state: State) -> str:
    """The last that is there, if it serves: a run goes on with what it, or one that was killed, has begun."""
    there = [who.name for who, each in state.accounts.items() if each.role and names.is_generation(who.name, profile)]
    last = sorted(there, key=lambda name: (len(name), name))[-1:]
    new = (names.generation(profile, number) for number in count())
    free = (name for name in new if name not in there)
    return next(name for name in chain(last, free) if _serves(name, wanted, state))


def _serves(name: str, wanted: frozenset[Who], state: State) -> bool:
    role = state.server.role(name)
    if f"{role.name}@{role.host}" not in state.definers_of:
        return True
    members = {edge.member for edge in state.edges if edge.role == role and not edge.admin}
    return role in state.accounts and members <= wanted
