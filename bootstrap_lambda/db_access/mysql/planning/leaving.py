"""Roles that go. MySQL drops none that is the definer of anything (4006), whose name would be anybody's who makes it
anew, so that such a one stays, with nothing and nobody's. Pure.

Source: dev.mysql.com, "DROP ROLE Statement", "Orphan Stored Objects".
"""

from collections.abc import Iterator

from db_access.mysql import names
from db_access.mysql.changes import Change, DropRole, Stage, TakeRole
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.taking import taken
from db_access.mysql.state import Flavor, Rights, State, Who

_KEPT = "nothing is left to it but its name, which something has as its definer"


def dropped(managed: Managed, role: Who, reason: str) -> Iterator[Change]:
    """Or bare, where it can't be."""
    if held_by_definer(managed.state, role):
        yield from bared(managed, role, managed.state.held(role))
    else:
        yield DropRole(role, reason=reason, stage=Stage.CLEAN)


def bared(managed: Managed, role: Who, held: Rights) -> Iterator[Change]:
    state = managed.state
    yield from taken(role, held, held, Stage.CLEAN, _KEPT)
    for other in sorted(state.roles_of.get(role, frozenset()) - managed.markers):
        yield TakeRole(other, (role,), reason=_KEPT, stage=Stage.CLEAN)
    going = leaves(managed) | set(map(state.server.user, managed.desired.dropped))
    gone = {each for each in going if not held_by_definer(state, each)}  # by then
    if members := tuple(sorted({edge.member for edge in state.edges if edge.role == role} - gone)):
        yield TakeRole(role, members, reason=_KEPT, stage=Stage.CLEAN)


def held_by_definer(state: State, role: Who) -> bool:
    return state.server.flavor is Flavor.MYSQL and f"{role.name}@{role.host}" in state.definers_of


def leaves(managed: Managed) -> frozenset[Who]:
    """What nobody has by the spec, and what marked before something else does."""
    desired, server = managed.desired, managed.state.server
    former = (managed.markers & managed.state.accounts.keys()) - {managed.marker}
    going = managed.roles - {server.role(name) for name in desired.roles} - managed.versions
    if desired.additive:
        return going - _others(managed)
    return going | former


def stays(managed: Managed, role: Who) -> bool:
    return role in leaves(managed) and held_by_definer(managed.state, role)


def _others(managed: Managed) -> frozenset[Who]:
    """Groups, and what accounts have that the spec doesn't mention."""
    own = {managed.state.server.user(name) for name in managed.desired.logins}
    groups = {role for role in managed.roles if not role.name.startswith(names.PREFIXES)}
    return frozenset(groups | {e.role for e in managed.state.edges if e.member not in own and not e.admin})
