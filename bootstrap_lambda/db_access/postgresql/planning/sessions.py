"""The part of a plan about what sessions start with: the role that they act as, and settings. Pure.

No reason has the value that is there: what somebody has set by hand may be a secret.
"""

from collections.abc import Iterator, Mapping, Set
from typing import Final

from db_access.plan.changes import ActAs, Change, Configure
from db_access.postgresql.planning.reach import SUPERUSER, OutOfReach
from db_access.postgresql.state import UNREADABLE, Current, DesiredRole, Limits

Roles = Mapping[str, DesiredRole]


def session_changes(roles: Roles, current: Current, database: str) -> Iterator[Change]:
    for name, role in sorted(roles.items()):
        there = current.roles[name].acts_as if name in current.roles else None
        if role.acts_as != there:
            reason = f"sessions start as {there or 'the user'}, not as {role.acts_as or 'the user'}"
            yield ActAs(name, database, role.acts_as, reason=reason)


def setting_changes(roles: Roles, current: Current, database: str) -> Iterator[Change | OutOfReach]:
    for name, role in sorted(roles.items()):
        found = current.roles.get(name)
        here = dict(found.settings_here) if found else {}
        yield from _taken(name, here.keys(), current.limits, "is set in this database only", database)
        yield from _everywhere(name, dict(found.settings) if found else {}, dict(role.settings), current.limits)


_Values = dict[str, tuple[str, ...]]
_NOT_ALONE: Final = (
    "one of them can't be reset alone: PostgreSQL refuses that, or its name is no text in this database's encoding"
)


def _everywhere(name: str, there: _Values, should: _Values, limits: Limits) -> Iterator[Change | OutOfReach]:
    as_stored = {setting.lower(): setting for setting in sorted(there)}  # to a session their case is one
    should = {as_stored.get(setting, setting): values for setting, values in should.items()}
    beyond = there.keys() - should.keys()
    yield from _taken(name, beyond, limits, "is set, and the spec doesn't say so")
    if _go_together(beyond - limits.settings, limits):  # all are gone that can go
        there = {setting: values for setting, values in there.items() if setting in limits.settings}
    for setting, values in sorted(should.items()):
        if there.get(setting) != values:
            before = "set otherwise" if setting in there else "what the server says"
            yield Configure(name, setting, values, reason=f"is {before}")


def _taken(
    name: str, beyond: Set[str], limits: Limits, reason: str, database: str | None = None
) -> Iterator[Change | OutOfReach]:
    """What goes of `beyond`, and what is a superuser's to take."""
    if _go_together(beyond - limits.settings, limits):
        yield Configure(name, Configure.ALL, None, database, reason=_NOT_ALONE)
    else:
        for setting in sorted(beyond - limits.settings):
            yield Configure(name, setting, None, database, reason=reason)
    for setting in sorted(beyond & limits.settings):
        if _go_together({setting}, limits):
            why = f"{reason}: {setting}, which goes only with all others"
            change = Configure(name, Configure.ALL, None, database, reason=why)
        else:
            change = Configure(name, setting, None, database, reason=reason)
        yield OutOfReach(change, SUPERUSER)


def _go_together(settings: Set[str], limits: Limits) -> bool:
    """Whether they go only with all that the role has."""
    return any(UNREADABLE in setting or setting in limits.not_alone for setting in settings)
