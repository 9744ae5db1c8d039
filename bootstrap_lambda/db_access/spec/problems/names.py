"""What can be wrong with the names in a spec: used twice, differing only in case, or reserved.

PostgreSQL tells quoted names apart by case. Nothing else has to: an unquoted name is folded, and how IAM and the proxy
compare user names is not documented. So no two roles of a spec may differ only in case.
"""

from collections.abc import Iterable, Iterator

from db_access.spec.raw_document import Name, RawDocument, elements, names
from db_access.wording import cited


def name_problems(document: RawDocument) -> Iterator[str]:
    yield from _duplicates(document, names(document.databases, "name"), fold=False)
    for place, database in document.databases:
        yield from _duplicates(document, names([*elements(database, "schemas", place)], "name"), fold=False)
    yield from _duplicates(document, document.user_names, fold=True)
    yield from _duplicates(document, document.group_names, fold=True)
    yield from _duplicates(document, names(document.owners, "name"), fold=False)
    yield from _owners_by_case(document)
    yield from _reserved(document)
    yield from _two_purposes(document)
    yield from _retired_but_declared(document)
    yield from _acknowledged_and_ours(document)


def _duplicates(document: RawDocument, found: Iterable[Name], *, fold: bool) -> Iterator[str]:
    seen: dict[str, Name] = {}
    for place, name in found:
        first_place, first = seen.setdefault(name.lower() if fold else name, (place, name))
        if first_place != place:
            same = "is already declared" if first == name else f"differs only in case from {cited(first)}"
            where = document.at(first_place[:-1])
            yield f"{document.at(place)}: {cited(name)} {same}, at {where}; allowed: a unique name"


def _owners_by_case(document: RawDocument) -> Iterator[str]:
    """An owner or creator may be named in many places, but always with the same spelling."""
    seen: dict[str, Name] = {}
    for place, name in (*document.user_names, *document.maker_names):
        first_place, first = seen.setdefault(name.lower(), (place, name))
        if first != name and place[0] != "users":  # two users were compared already
            other = f"{cited(first)}, at {document.at(first_place)}"
            yield f"{document.at(place)}: {cited(name)} differs only in case from {other}; allowed: a unique name"


def _reserved(document: RawDocument) -> Iterator[str]:
    """Names that `grants: through_groups` gives to its groups, whether a database has that now or not."""
    prefix = f"{document.managed_by}/"
    for place, name in (*document.user_names, *document.group_names, *document.maker_names):
        if name.lower().startswith(prefix.lower()):
            yield (
                f"{document.at(place)}: {cited(name)} is reserved for the groups of `grants: through_groups`; "
                f"allowed: names that don't start with {prefix}"
            )


def _two_purposes(document: RawDocument) -> Iterator[str]:
    """One role can't be a user, a group and an owner at once."""
    users: dict[str, Name] = {}
    for place, name in document.user_names:
        users.setdefault(name.lower(), (place, name))
    owners = {name.lower() for _, name in document.maker_names}
    for place, name in document.group_names:
        if name.lower() in users:
            first_place, first = users[name.lower()]
            what = "is also a user" if first == name else f"differs only in case from the user {cited(first)}"
            yield f"{document.at(place)}: {cited(name)} {what}, at {document.at(first_place)}; allowed: a unique name"
        elif name.lower() in owners:
            yield f"{document.at(place)}: {cited(name)} also owns or creates in a schema; allowed: a unique name"


def _retired_but_declared(document: RawDocument) -> Iterator[str]:
    """Compared with case: a user may be retired because it was renamed in nothing but that."""
    declared = _declared(document)
    for place, name in names([*elements(document.root, "retired")], "username"):
        if name in declared:
            yield f"{document.at(place)}: {cited(name)} is still declared; allowed: names that are used nowhere else"


def _acknowledged_and_ours(document: RawDocument) -> Iterator[str]:
    """What is the spec's needs no acknowledgement, and would have a misleading one."""
    found = [*names([*elements(document.root, "acknowledged")], "username")]
    yield from _duplicates(document, found, fold=False)
    declared = _declared(document)
    retired = {name for _, name in names([*elements(document.root, "retired")], "username")}
    for place, name in found:
        if name in declared or name in retired or name.startswith(f"{document.managed_by}/"):
            what = "retired" if name in retired else "the spec's own"
            yield f"{document.at(place)}: {cited(name)} is {what}; allowed: roles that the spec doesn't manage"


def _declared(document: RawDocument) -> set[str]:
    return {name for _, name in (*document.user_names, *document.group_names, *document.maker_names)}
