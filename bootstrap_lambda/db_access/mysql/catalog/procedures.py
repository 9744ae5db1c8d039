"""The procedures that the drift watch looks by: fixed texts, without parameters, that run with the rights of the
master, who makes them, and show all that the engine reads but what a server keeps of passwords. Pure.

Column rights won't do: MariaDB keeps all of an account in one column, and MySQL shows nobody else other accounts'
rights. What they show is no spec's, so that a question about any spec can be answered by them.
"""

from collections.abc import Mapping

from db_access.mysql.catalog.answers import answers
from db_access.mysql.catalog.queries import ALL_COLUMNS, ALL_TABLES, HOLDER, about_accounts
from db_access.mysql.state import Flavor

Queries = Mapping[str, str]
_ROLES = {Flavor.MYSQL: ("SET ROLE ALL",), Flavor.MARIADB: ()}
"""RDS's master has its rights by one, which is its own inside of the procedure only."""


def procedures(flavor: Flavor, schema: str) -> dict[str, Queries]:
    """By name, what each shows. `schema`: the one that they are in."""
    return {
        "accounts": about_accounts(flavor, schema),
        "tables": {"tables": ALL_TABLES},
        "columns": {"columns": ALL_COLUMNS},
        "answers": answers(),
        "holder": {"holder": HOLDER},
    }


def bodies(flavor: Flavor, schema: str) -> dict[str, str]:
    """By name, what a server has as the definition."""
    return {name: _body(flavor, queries) for name, queries in procedures(flavor, schema).items()}


def _body(flavor: Flavor, queries: Queries) -> str:
    return "\n".join(("BEGIN", *(f"{each};" for each in (*_ROLES[flavor], *queries.values())), "END"))
