"""What can be wrong with the names in a spec: given twice, told apart by case alone, or kept for the engine. Works on
the raw document.

PostgreSQL tells quoted names apart by case. Nobody else need do so: an unquoted name is folded, and how IAM and the
proxy compare a user's name is not documented. So no two roles of a spec may differ only in case.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db_access.spec.places import Element, Place, elements, makers, place_text


def name_problems(root: Mapping[str, Any]) -> Iterator[str]:
    yield from duplicates(elements(root, "users"), "username", fold=True)
    yield from duplicates(elements(root, "groups"), "name", fold=True)
    yield from _makers_by_case(root)
    yield from _kept(root)


def duplicates(elements: Iterable[Element], key: str, *, fold: bool) -> Iterator[str]:
    seen: dict[str, tuple[Place, str]] = {}
    for place, item in elements:
        name = item.get(key)
        if not isinstance(name, str):
            continue
        first = seen.setdefault(name.lower() if fold else name, (place, name))
        if first[0] != place:
            same = "is declared already" if first[1] == name else f"differs only in case from {first[1]!r}"
            yield f"{place_text((*place, key))}: {name!r} {same}, at {place_text(first[0])}; allowed: a name of its own"


def _named(root: Mapping[str, Any], key: str, field: str) -> Iterator[tuple[Place, str]]:
    for place, item in elements(root, key):
        if isinstance(item.get(field), str):
            yield (*place, field), item[field]


def _makers_by_case(root: Mapping[str, Any]) -> Iterator[str]:
    """Owners and creators: one name may stand in many places, always written alike."""
    seen: dict[str, tuple[Place, str]] = {}
    for place, name in (*_named(root, "users", "username"), *makers(root)):
        first = seen.setdefault(name.lower(), (place, name))
        if first[1] != name:
            other = f"{first[1]!r}, at {place_text(first[0])}"
            yield f"{place_text(place)}: {name!r} differs only in case from {other}; allowed: a name of its own"


def _kept(root: Mapping[str, Any]) -> Iterator[str]:
    """What `grants: through_groups` names its groups is nobody else's name, whether a database has it now or not."""
    prefix = f"{root.get('managed_by') or 'keyless-aurora'}/"
    for place, name in (*_named(root, "users", "username"), *_named(root, "groups", "name"), *makers(root)):
        if name.lower().startswith(prefix.lower()):
            yield (
                f"{place_text(place)}: {name!r} is kept for the groups of `grants: through_groups`; "
                f"allowed: names that don't start with {prefix}"
            )
