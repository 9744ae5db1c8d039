"""The proof: what the server itself says that everybody of the spec can do, held against the spec in both
directions."""

from db_access.mysql.catalog import Reader
from db_access.mysql.planning import Managed
from db_access.mysql.proof.answers import answered
from db_access.mysql.proof.others import failing, handed_out, outsiders, unread
from db_access.mysql.proof.violations import Proof

__all__ = ["Proof", "ask", "failing", "handed_out", "outsiders", "unread"]


def ask(reader: Reader, managed: Managed) -> Proof:
    """In one round trip, whatever the number of users."""
    state, desired = managed.state, managed.desired
    accounts = {state.server.user(name) for name in desired.logins} & state.accounts.keys()
    roles = {role for who in accounts for role in state.closure(who)} | managed.roles
    return Proof(desired, answered(reader, state, accounts | roles))
