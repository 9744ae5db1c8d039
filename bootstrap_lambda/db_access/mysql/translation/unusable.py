"""Names that MySQL can't have, or doesn't tell apart: on any server of the family, and on the one at hand. Pure.

Source: dev.mysql.com, "Schema Object Names" (permitted characters) and "Identifier Length Limits".
"""

from collections.abc import Iterator
from itertools import chain

from db_access.mysql.state import Flavor, Server
from db_access.mysql.translation.placed import Problem, placed
from db_access.spec import AccessSpec
from db_access.spec.places import Place
from db_access.spec.source import Source
from db_access.wording import cited

_LAST: str = "\uffff"


def name_problem(name: str) -> str | None:
    """Why no server of the family has that name, if none has."""
    if any(letter > _LAST for letter in name):
        return "has a character beyond U+FFFF, which no name on MySQL has; allowed: other characters"
    if name != name.rstrip(" "):
        return "ends in a blank, which MySQL doesn't tell from the name without; allowed: another end"
    return None


def problems_on(spec: AccessSpec, server: Server) -> Iterator[str]:
    """What stands against the spec on this server."""
    yield from too_long(spec, server.flavor)
    names = [schema.name for database in spec.databases for schema in database.schemas]
    yield from _folded(names, server)


def too_long(spec: AccessSpec, flavor: Flavor, source: Source | None = None) -> Iterator[str]:
    """Names of accounts and roles. `source`: the file that the spec is from."""
    yield from placed(_too_long(spec, flavor), spec, source)


def _too_long(spec: AccessSpec, flavor: Flavor) -> Iterator[Problem]:
    users: Iterator[tuple[Place, str]] = (
        (("users", i, "username"), user.username) for i, user in enumerate(spec.users)
    )
    groups: Iterator[tuple[Place, str]] = ((("groups", i, "name"), group.name) for i, group in enumerate(spec.groups))
    for place, name in chain(users, groups):
        if len(name) > flavor.longest_name:
            yield (
                place,
                f"{cited(name)} has {len(name)} characters; a name of an account or role has at most "
                f"{flavor.longest_name} on {flavor}; rename it in the spec",
            )


def _folded(names: list[str], server: Server) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in names:
        if (first := seen.setdefault(server.folded(name), name)) != name:
            yield (
                f"schemas {cited(first)} and {cited(name)} are one on this server (lower_case_table_names); "
                "allowed: names that differ in more than case"
            )
