"""What a server shall have by a spec: accounts, roles and the rights of each, as they are stored there. Pure.

Every distinct set of rights is one role, a profile, named by what it gives; each user has one, with the rights of its
groups in it, since a MariaDB account has only one default role. A group is a role of its own name beside it, with the
group's rights, that its members have too: for people who look, and for SET ROLE.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from db_access.mysql import names
from db_access.mysql.identifiers import pattern
from db_access.mysql.state import Auth, Level, On, Privilege, Server, State, Who, union
from db_access.mysql.translation import in_use
from db_access.mysql.translation.values import Desired, Login, Role
from db_access.mysql.translation.wants import Key, Wants, groups_of, of_group, of_user
from db_access.spec import AccessSpec, User

ROOM: Final = 5
"""Sessions that a run, the drift watch, a rotation and an operator need."""


def nothing(manager: str, state: State) -> Desired:
    """What is left when everything of a manager's goes."""
    return Desired(manager, {}, {}, {}, marker=in_use.marker(manager, state), markers=in_use.markers(manager, state))


class Wanted(NamedTuple):
    """What a user shall have, of which no server has to be known."""

    wants: Wants
    profile: str | None
    groups: frozenset[str]


def wanted_of(spec: AccessSpec, watch: str | None) -> dict[str, Wanted]:
    """By username; `watch` may look by the procedures, too. It takes a while where users and schemas are many, so it is
    asked for once."""
    found = {user.username: (of_user(spec, user), groups_of(spec, user)) for user in spec.users}
    if watch in {user.username for user in spec.users if user.enabled}:
        wants, groups = found[watch]
        looking = Wants({On(Level.SCHEMA, names.watching(spec.managed_by)): frozenset({str(Privilege.EXECUTE)})})
        found[watch] = Wants.of([wants, looking]), groups
    return {name: Wanted(wants, profile_of(spec.managed_by, wants), groups) for name, (wants, groups) in found.items()}


def profile_of(manager: str, wants: Wants) -> str | None:
    if not wants:
        return None
    keys = sorted([key.schema, key.table or "", key.column] for key in wants.keys)
    return names.profile(manager, [names.content(wants.rights), keys])


def desired(spec: AccessSpec, wants: Mapping[str, Wanted], state: State, versions: Mapping[str, str]) -> Desired:
    """`wants`: of each user. `versions`: by username, of the secret that the password is to come from."""
    wants = _as_they_are_there(wants, state, additive=spec.additive)
    profiles = {wanted.profile: wanted.wants for wanted in wants.values() if wanted.profile}
    return Desired(
        spec.managed_by,
        {user.username: _login(user, wants[user.username], state.server, versions, spec) for user in spec.users},
        {name: _role(each, state) for name, each in profiles.items()},
        {group.name: _role(of_group(spec, group.name), state, adopt=group.adopt) for group in spec.groups},
        tuple(dict.fromkeys(state.server.folded(schema.name) for here in spec.databases for schema in here.schemas)),
        frozenset(name for each in (*spec.take_over, *spec.take_back) for name in in_use.markers(each, state)),
        frozenset(name for each in spec.take_back for name in in_use.markers(each, state)),
        frozenset(each.username for each in spec.acknowledged),
        spec.additive,
        frozenset(retired.username for retired in spec.retired if retired.drop),
        marker=in_use.marker(spec.managed_by, state),
        markers=in_use.markers(spec.managed_by, state),
    )


def _as_they_are_there(wants: Mapping[str, Wanted], state: State, *, additive: bool) -> Mapping[str, Wanted]:
    members: dict[str, frozenset[Who]] = {}
    for name, each in wants.items():
        if each.profile:
            members[each.profile] = members.get(each.profile, frozenset()) | {state.server.user(name)}
    roles = in_use.profiles(members, state, additive=additive)
    return {name: each._replace(profile=roles.get(each.profile or "")) for name, each in wants.items()}


def _login(user: User, wanted: Wanted, server: Server, versions: Mapping[str, str], spec: AccessSpec) -> Login:
    of_secret = versions.get(user.username)
    return Login(
        auth=Auth.PASSWORD if user.auth_method == "password" else Auth.IAM,
        locked=not user.logs_in,
        limit=_limit(user, server),
        profile=wanted.profile,
        groups=wanted.groups,
        version=names.version(spec.managed_by, user.username, of_secret) if of_secret else None,
        adopt=user.adopt,
    )


def _limit(user: User, server: Server) -> int:
    if user.connection_limit is None:
        return max(1, server.max_connections - ROOM)
    return max(0, user.connection_limit)


def _role(wants: Wants, state: State, *, adopt: bool = False) -> Role:
    server = state.server
    stored = union({_stored(on, server): privileges} for on, privileges in wants.rights.items())
    keys = frozenset(
        Key(server.folded(k.schema), k.table and server.folded(k.table), k.column.lower()) for k in wants.keys
    )
    there = (
        On(Level.COLUMN, schema, table, column)
        for schema, table, column in state.columns
        if Key(schema, None, column.lower()) in keys or Key(schema, table, column.lower()) in keys
    )
    return Role(union([stored, *({on: frozenset({str(Privilege.SELECT)})} for on in there)]), keys, adopt)


def _stored(on: On, server: Server) -> On:
    schema = server.folded(on.schema)
    if on.level is Level.SCHEMA:
        return On(Level.SCHEMA, pattern(schema, literally=server.literal_schemas))
    return On(on.level, schema, server.folded(on.name), on.part)
