"""What can be wrong with what a user may have for a while."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from db_access.spec.places import Place
from db_access.spec.raw_document import RawDocument, elements, memberships, strings, temporary

_LASTING: Final = {
    "schema_privileges": {"CREATE"},
    "database_privileges": {"CREATE"},
    "tables": {"TRIGGER", "REFERENCES"},
}
"""What a member makes by these stays. Before PostgreSQL 16 it can even be the group's, such as a function with the
group's rights; a trigger runs with those of whoever writes."""


def temporary_problems(document: RawDocument) -> Iterator[str]:
    passing_on, making = _reaching(document, _passes_on), _reaching(document, _makes)
    for at, user in document.users:
        yield from _beside_an_owner(document, at, user)
        permanent = {name for _, name in memberships(user)}
        seen: set[str] = set()
        for place, name in temporary(user, at):
            if name in permanent:
                yield f"{document.at(place)}: the user is in {name!r} for good; allowed: one of `groups` and `may_have`"
            elif name in seen:
                yield f"{document.at(place)}: {name!r} is listed twice; allowed: once"
            elif name in passing_on:
                yield (
                    f"{document.at(place)}: members of {name!r} may pass memberships on (`admin: true`), which would "
                    "outlast this one; allowed: groups without `admin`"
                )
            elif name in making:
                yield (
                    f"{document.at(place)}: members of {name!r} may make what would outlast this one: objects "
                    "(CREATE), triggers and foreign keys (TRIGGER, REFERENCES); allowed: groups without these"
                )
            seen.add(name)


def _beside_an_owner(document: RawDocument, at: Place, user: Mapping[str, Any]) -> Iterator[str]:
    if user.get("may_have") and any(grant.get("access") == "owner" for _, grant in elements(user, "grants")):
        place = document.at(at, "may_have")
        yield f"{place}: a user with `access: owner` inherits from no group; allowed: another user for it"


def _reaching(document: RawDocument, has: Callable[[Mapping[str, Any]], bool]) -> set[str]:
    """Groups of which that is true, or of one that they are in."""
    named = [(group["name"], group) for _, group in document.groups if isinstance(group.get("name"), str)]
    found = {name for name, group in named if has(group)}
    within = {name: {group for _, group in memberships(group)} for name, group in named}
    while further := {name for name, groups in within.items() if groups & found} - found:
        found |= further
    return found


def _passes_on(group: Mapping[str, Any]) -> bool:
    return any(each.get("admin") for _, each in elements(group, "groups"))


def _makes(group: Mapping[str, Any]) -> bool:
    return any(
        privilege in lasting
        for _, grant in elements(group, "grants")
        for field, lasting in _LASTING.items()
        for _, privilege in strings(grant, field)
    )
