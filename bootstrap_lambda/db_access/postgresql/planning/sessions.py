"""The part of a plan about what sessions start with: the role that they act as, and settings. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from db_access.plan.changes import ActAs, Change, Configure
from db_access.postgresql.state import UNREADABLE, Current, DesiredRole

Roles = Mapping[str, DesiredRole]


def session_changes(roles: Roles, current: Current, database: str) -> Iterator[Change]:
    for name, role in sorted(roles.items()):
        there = current.roles[name].acts_as if name in current.roles else None
        if role.acts_as != there:
            reason = f"sessions start as {there or 'the user'}, not as {role.acts_as or 'the user'}"
            yield ActAs(name, database, role.acts_as, reason=reason)


def setting_changes(roles: Roles, current: Current, database: str) -> Iterator[Change]:
    for name, role in sorted(roles.items()):
        found = current.roles.get(name)
        if found and any(UNREADABLE in setting for setting, _ in found.settings_here):
            yield Configure(name, Configure.ALL, None, database, reason=_UNNAMEABLE)
        else:
            for setting, values in sorted(found.settings_here) if found else ():
                yield Configure(name, setting, None, database, reason=f"is {', '.join(values)} in this database only")
        yield from _everywhere(name, dict(found.settings) if found else {}, dict(role.settings))


_Values = dict[str, tuple[str, ...]]
_UNNAMEABLE: Final = "one of them has a name that is no text in this database's encoding, and can't be reset alone"


def _everywhere(name: str, there: _Values, should: _Values) -> Iterator[Change]:
    beyond = there.keys() - should.keys()
    if any(UNREADABLE in setting for setting in beyond):
        yield Configure(name, Configure.ALL, None, reason=_UNNAMEABLE)
        there = {}
    for setting in sorted(there.keys() - should.keys()):
        yield Configure(name, setting, None, reason=f"is {', '.join(there[setting])}, and the spec doesn't say so")
    for setting, values in sorted(should.items()):
        if there.get(setting) != values:
            before = ", ".join(there[setting]) if setting in there else "what the server says"
            yield Configure(name, setting, values, reason=f"is {before}")
