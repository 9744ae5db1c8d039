"""What can be wrong with groups and memberships in a spec: names used twice, cycles, groups that own. Works on the raw
document."""

from collections.abc import Iterator, Mapping
from typing import Any

from db_access.spec.places import Place, elements, makers, place_text, strings, unknown


def group_problems(root: Mapping[str, Any]) -> Iterator[str]:
    yield from _shared_names(root)
    yield from _undeclared(root)
    yield from _cycles(root)
    yield from _owning(root)


def _shared_names(root: Mapping[str, Any]) -> Iterator[str]:
    """One role can't be a user, a group and an owner at once."""
    seen: dict[str, Place] = {}
    for place, user in elements(root, "users"):
        if isinstance(user.get("username"), str):
            seen.setdefault(user["username"].lower(), (*place, "username"))
    owning = {name.lower() for _, name in makers(root)}
    for place, group in elements(root, "groups"):
        name = group.get("name")
        if isinstance(name, str) and name.lower() in seen:
            yield (
                f"{place_text((*place, 'name'))}: {name!r} is a user, at {place_text(seen[name.lower()])}; allowed: "
                f"a name of its own"
            )
        elif isinstance(name, str) and name.lower() in owning:
            yield f"{place_text((*place, 'name'))}: {name!r} owns or creates in a schema; allowed: a name of its own"


def _members(root: Mapping[str, Any]) -> Iterator[tuple[str | None, list[tuple[Place, str]]]]:
    """The name if it is a group, and the groups it is in, with their places."""
    for key in ("users", "groups"):
        for place, who in elements(root, key):
            named: list[tuple[Place, str]] = [
                ((*place, "groups", index), name) for index, name in strings(who, "groups")
            ]
            for at, entry in elements(who, "groups", place):
                if isinstance(entry.get("name"), str):
                    named.append(((*at, "name"), entry["name"]))
            yield who.get("name") if key == "groups" else None, named


def _undeclared(root: Mapping[str, Any]) -> Iterator[str]:
    declared = [group["name"] for _, group in elements(root, "groups") if isinstance(group.get("name"), str)]
    for _, groups in _members(root):
        seen: set[str] = set()
        for place, name in groups:
            if name not in declared:
                yield unknown(place, "group", name, declared)
            elif name in seen:
                yield f"{place_text(place)}: {name!r} is named already; allowed: once"
            seen.add(name)


def _cycles(root: Mapping[str, Any]) -> Iterator[str]:
    into = {
        name: dict.fromkeys(group for _, group in groups) for name, groups in _members(root) if isinstance(name, str)
    }
    reported: set[frozenset[str]] = set()
    for start in into:
        trail = _way_back(start, into)
        if trail and frozenset(trail) not in reported:
            reported.add(frozenset(trail))
            yield (
                f"groups: {' in '.join(map(repr, [*trail, start]))} is a circle; allowed: groups whose memberships "
                f"end somewhere"
            )


def _way_back(start: str, into: Mapping[str, Mapping[str, None]]) -> list[str]:
    """The shortest way from `start` to itself."""
    trails, seen = [[start]], {start}
    while trails:
        trail = trails.pop(0)
        for group in into.get(trail[-1], {}):
            if group == start:
                return trail
            if group not in seen:
                seen.add(group)
                trails.append([*trail, group])
    return []


def _owning(root: Mapping[str, Any]) -> Iterator[str]:
    """What a member of an owning group makes would belong to the member: no session of its starts as the owner."""
    for place, group in elements(root, "groups"):
        for at, grant in elements(group, "grants", place):
            if grant.get("access") == "owner":
                where = place_text((*at, "access"))
                yield (
                    f"{where}: 'owner' is not for groups; allowed: the other presets, or `access: owner` for each user"
                )
