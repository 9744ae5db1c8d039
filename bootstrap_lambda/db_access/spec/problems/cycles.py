"""Groups that are, by way of others, members of themselves."""

from collections.abc import Iterator, Mapping

from db_access.spec.raw_document import RawDocument, memberships


def cycles(document: RawDocument) -> Iterator[str]:
    """One problem for each cycle."""
    groups = {
        group["name"]: dict.fromkeys(name for _, name in memberships(group))
        for _, group in document.groups
        if isinstance(group.get("name"), str)
    }
    reported: set[frozenset[str]] = set()
    for start in groups:
        path = _path_back(start, groups)
        if path and frozenset(path) not in reported:
            reported.add(frozenset(path))
            shown = " in ".join(map(repr, [*path, start]))
            yield (
                f"{document.at(('groups',))}: {shown} is a cycle; allowed: memberships that don't lead back to the "
                "same group"
            )


def _path_back(start: str, groups: Mapping[str, Mapping[str, None]]) -> list[str]:
    """The shortest path from `start` to itself; empty if there is none."""
    paths, seen = [[start]], {start}
    while paths:
        path = paths.pop(0)
        for group in groups.get(path[-1], {}):
            if group == start:
                return path
            if group not in seen:
                seen.add(group)
                paths.append([*path, group])
    return []
