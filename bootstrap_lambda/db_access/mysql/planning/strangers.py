"""Accounts that no spec is about: the server's own, RDS's, and superusers, whom no grant stops. Pure."""

from typing import Final

from db_access.mysql.state import EVERYWHERE, State, Who

_SYSTEM: Final = ("mysql.", "mariadb.", "rds", "aws_")


def is_system(state: State, who: Who) -> bool:
    everywhere = state.held(who).get(EVERYWHERE, frozenset())
    return who.name.lower().startswith(_SYSTEM) or "SUPER" in everywhere or who.name == ""
