"""Which databases a user may connect to by a spec: what PostgreSQL asks of a login before anything else. Pure.

CONNECT comes by the user's own entries, by groups whose rights it inherits, and by PUBLIC where that stays open. What
an owner has is no way in: who acts as one doesn't inherit from it.
"""

from collections.abc import Iterator, Mapping

from db_access.spec.model.grants import Database
from db_access.spec.model.users import Group, User


def connectable(user: User, groups: Mapping[str, Group], databases: tuple[Database, ...]) -> tuple[str, ...]:
    """Names of `databases`: first those of the user's own grants, then what else it or its groups name, then open
    ones."""
    holders: list[User | Group] = [user, *_inherited(user, groups)]
    named = [name for holder in holders for name in _databases(holder) if "CONNECT" in _privileges(holder, name)]
    return tuple(dict.fromkeys([*named, *(database.name for database in databases if database.public == "open")]))


def _inherited(user: User, groups: Mapping[str, Group]) -> Iterator[Group]:
    """Each once, also where memberships lead back to a group."""
    seen: set[str] = set()
    waiting = [*user.groups]
    while waiting:
        membership = waiting.pop(0)
        if membership.inherit and membership.name in groups and membership.name not in seen:
            seen.add(membership.name)
            waiting += groups[membership.name].groups
            yield groups[membership.name]


def _databases(holder: User | Group) -> list[str]:
    return [*(grant.database for grant in holder.grants), *holder.databases]


def _privileges(holder: User | Group, database: str) -> list[str]:
    """On the database itself."""
    of_grants = (grant.database_privileges for grant in holder.grants if grant.database == database)
    return [*holder.privileges, *(privilege for given in of_grants for privilege in given)]
