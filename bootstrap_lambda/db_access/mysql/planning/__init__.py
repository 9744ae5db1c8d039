"""From what a server has and what it shall have to the steps between. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from db_access.mysql.changes import Plan
from db_access.mysql.planning import tied
from db_access.mysql.planning.accounts import Accounts
from db_access.mysql.planning.losers import locked_out, losers, may_lock, shut_out
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.members import Members
from db_access.mysql.planning.merged import merged
from db_access.mysql.planning.moves import Moves
from db_access.mysql.planning.obstacles import Obstacles
from db_access.mysql.planning.reach import out_of_reach
from db_access.mysql.planning.restless import restless
from db_access.mysql.planning.roles import Roles
from db_access.mysql.planning.watching import Watching
from db_access.mysql.state import Level, State
from db_access.mysql.translation import Desired

__all__ = ["Managed", "Planned", "ending", "locked_out", "losers", "may_lock", "plan", "restless", "shut_out"]


@dataclass(frozen=True)
class Planned:
    managed: Managed
    changes: Plan
    conflicts: tuple[str, ...]
    """What a run is refused for."""
    kept: tuple[str, ...]
    pending: tuple[str, ...]


def plan(desired: Desired, state: State, before: Managed | None = None) -> Planned:
    """`before`: what a run found before it changed anything."""
    found = Managed(state, desired)
    managed = tied.untied(found)
    accounts, members, watching = Accounts(managed), Members(managed), Watching(state, desired)
    changes = (
        *tied.dropped(found),
        *tied.passwords(found),
        *accounts.changes(),
        *members.changes(),
        *Roles(managed).changes(),
        *watching.changes(),
        *Moves(managed, accounts).changes(),
        *(change for each in (found, before) if each for change in tied.returned(each, managed.state)),
    )
    unreachable = out_of_reach(changes, managed.state)
    conflicts = (*Obstacles(managed).conflicts(), *Members(found).conflicts(), *watching.conflicts(), *unreachable)
    return Planned(found, merged(changes), conflicts, tuple(accounts.kept()), tuple(_pending(desired, state)))


def ending(managed: Managed) -> Plan:
    """Of logins, whatever else is to change."""
    return tuple(Accounts(managed).ending())


def _pending(desired: Desired, state: State) -> Iterator[str]:
    """Tables that the spec names and nobody has made."""
    named = {(on.schema, on.name) for role in desired.roles.values() for on in role.rights if on.level is Level.TABLE}
    for schema, table in sorted(named - state.tables):
        yield f"table {schema}.{table} isn't there yet; the next run after it is made grants what the spec gives on it"
