"""Names that MySQL can't have, or doesn't tell apart: on any server of the family, and on the one at hand. Pure.

Source: dev.mysql.com, "Schema Object Names" (permitted characters) and "Identifier Length Limits".
"""

from collections.abc import Iterator

from db_access.mysql.state import Server
from db_access.spec import AccessSpec
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
    longest = server.flavor.longest_name
    for name in (*(user.username for user in spec.users), *(group.name for group in spec.groups)):
        if len(name) > longest:
            yield (
                f"{cited(name)} has {len(name)} characters; a name of an account or role has at most {longest} on "
                f"{server.flavor}; rename it in the spec"
            )
    names = [schema.name for database in spec.databases for schema in database.schemas]
    yield from _folded(names, server)


def _folded(names: list[str], server: Server) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in names:
        if (first := seen.setdefault(server.folded(name), name)) != name:
            yield (
                f"schemas {cited(first)} and {cited(name)} are one on this server (lower_case_table_names); "
                "allowed: names that differ in more than case"
            )
