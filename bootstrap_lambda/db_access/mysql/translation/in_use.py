"""Which of the engine's roles serve on the server at hand; in place of one that doesn't comes another, by a number.

On MariaDB whoever has a role may make what runs as it, events of their own accord (DEFINER=CURRENT_ROLE), and that goes
on when the role is taken from who made it, for as long as there is a role of that name. And the marker may have got a
role of others', which the master can't take. Pure.
"""

from collections.abc import Mapping
from itertools import chain, count

from db_access.mysql import names
from db_access.mysql.state import Flavor, State, Who


def profiles(members: Mapping[str, frozenset[Who]], state: State, *, additive: bool) -> dict[str, str]:
    """By profile the role's name. `members`: who is to have each; others may have it, too, where a spec is additive."""
    if state.server.flavor is Flavor.MYSQL:  # nobody is anything's definer there but itself
        return {profile: profile for profile in members}
    return {profile: _profile(profile, wanted, state, shared=additive) for profile, wanted in members.items()}


def marker(manager: str, state: State) -> str:
    first = names.marker(manager)
    there = _there(first, state)
    serving = [name for name in there if _free(name, state)]
    return serving[-1] if serving else next(name for name in _numbered(first) if name not in there)


def markers(manager: str, state: State) -> frozenset[str]:
    """All by which that manager's accounts may be marked: the first, and others that the master has made."""
    first = names.marker(manager)
    return frozenset((first, *(name for name in _there(first, state) if _administered(name, state))))


def _profile(first: str, wanted: frozenset[Who], state: State, *, shared: bool) -> str:
    """The last that is there, if it serves: a run goes on with what it, or one that was killed, has begun. One that has
    others' roles is made anew under its name, unless that would be at the expense of others."""
    there = _there(first, state)
    free = (name for name in _numbered(first) if name not in there)
    last = (name for name in there[-1:] if not shared or _free(name, state))
    return next(name for name in chain(last, free) if _serves(name, wanted, state))


def _serves(name: str, wanted: frozenset[Who], state: State) -> bool:
    role = state.server.role(name)
    if f"{role.name}@{role.host}" not in state.definers_of:
        return True
    members = {edge.member for edge in state.edges if edge.role == role and not edge.admin}
    return role in state.accounts and members <= wanted


def _there(first: str, state: State) -> list[str]:
    """By their numbers."""
    host = state.server.role(first).host
    found = {who.name for who in state.accounts if who.host == host and names.is_numbered(who.name, first)}
    return sorted(found, key=lambda name: (len(name), name))


def _numbered(first: str) -> "map[str]":
    return map(lambda number: names.numbered(first, number), count())


def _administered(name: str, state: State) -> bool:
    return state.administered(state.server.role(name))


def _free(name: str, state: State) -> bool:
    return _administered(name, state) and not _tied(name, state)


def _tied(name: str, state: State) -> bool:
    """Whether it has roles that the master can't take."""
    return not all(map(state.administered, state.roles_of.get(state.server.role(name), ())))
