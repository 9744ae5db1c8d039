"""What a plan asks of the master that it can't do: nobody gives or takes what he hasn't got himself. Pure.

Source: dev.mysql.com, "GRANT Statement": GRANT OPTION and the privileges that are given are needed, for REVOKE as for
GRANT.
"""

from collections.abc import Iterable, Iterator

from db_access.mysql.changes import Change, Give, GiveRole, Take, TakeRole
from db_access.mysql.state import EVERYWHERE, GRANT_OPTION, State, union
from db_access.mysql.statements import statements
from db_access.wording import cited


def out_of_reach(changes: Iterable[Change], state: State) -> Iterator[str]:
    """A sentence each, with the statement for whoever can."""
    holders = state.closure(state.server.master, without=state.own)
    everywhere = union(state.held(holder) for holder in holders).get(EVERYWHERE, frozenset())
    for change in changes:
        if isinstance(change, GiveRole | TakeRole) and not state.administered(change.role):
            yield (
                f"the master {state.server.master} can't give or take role {cited(change.role.name)}, which it "
                f"isn't an administrator of; as who is, run {'; '.join(statements(change, state.server))}"
            )
        if isinstance(change, Give | Take) and (beyond := change.privileges - everywhere):
            missing = ", ".join(sorted(beyond - {GRANT_OPTION}) or [GRANT_OPTION])
            what = "give" if isinstance(change, Give) else "take"
            yield (
                f"the master {state.server.master} has to {what} {missing}, which it hasn't got itself, "
                f"{_towards(change)} {cited(change.who.name)}; as who has, run "
                f"{'; '.join(statements(change, state.server))}"
            )


def _towards(change: Give | Take) -> str:
    return "to" if isinstance(change, Give) else "from"
