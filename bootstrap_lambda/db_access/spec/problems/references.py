"""What can be wrong with references in a spec: to databases, schemas or groups that nothing declares."""

from collections.abc import Callable, Collection, Iterator

from db_access.spec.model.names import database_name, identifier, role_name
from db_access.spec.model.predefined import reserved
from db_access.spec.places import Place, suggestion
from db_access.spec.raw_document import Element, RawDocument, memberships, strings, temporary
from db_access.wording import cited


def reference_problems(document: RawDocument) -> Iterator[str]:
    yield from _groups(document)
    yield from _temporary(document)
    yield from _databases(document)
    for found in document.grants:
        yield from _of_grant(document, found)


def _groups(document: RawDocument) -> Iterator[str]:
    declared = [name for _, name in document.group_names]
    known = set(declared)
    for at, grantee in document.grantees:
        seen: set[str] = set()
        for place, name in memberships(grantee, at):
            if name not in known and not reserved(name):
                yield from _undeclared(document, place, "group", name, declared, role_name)
            elif name in seen:
                yield f"{document.at(place)}: {cited(name)} is listed twice; allowed: once"
            seen.add(name)


def _temporary(document: RawDocument) -> Iterator[str]:
    declared = [name for _, name in document.group_names]
    for at, user in document.users:
        for place, name in temporary(user, at):
            if name not in declared and not reserved(name):
                yield from _undeclared(document, place, "group", name, declared, role_name)


def _databases(document: RawDocument) -> Iterator[str]:
    declared = document.owners_of_schemas
    for at, grantee in document.grantees:
        for place, name in strings(grantee, "databases", at):
            if name not in declared:
                yield from _undeclared(document, place, "database", name, declared, database_name)


def _of_grant(document: RawDocument, found: Element) -> Iterator[str]:
    declared = document.owners_of_schemas
    at, grant = found
    database = grant.get("database")
    if not isinstance(database, str):
        return
    if database not in declared:
        yield from _undeclared(document, (*at, "database"), "database", database, declared, database_name)
        return
    for place, schema in strings(grant, "schemas", at):
        if schema not in declared[database]:
            what = f"schema in database {cited(database)}"
            yield from _undeclared(document, place, what, schema, declared[database], identifier)


def _undeclared(
    document: RawDocument, place: Place, what: str, name: str, declared: Collection[str], form: Callable[[str], str]
) -> Iterator[str]:
    """Nothing, where all that is declared is refused, or a spec without is: that is said there. `form` raises
    ValueError for a name that is refused."""
    fit = [each for each in declared if _is_fit(each, form)]
    if fit or not (declared or what == "database"):
        allowed = ", ".join(fit) or "none, nothing is declared"
        yield f"{document.at(place)}: no {what} is named {cited(name)}; {suggestion(name, fit)}allowed: {allowed}"


def _is_fit(name: str, form: Callable[[str], str]) -> bool:
    try:
        return form(name).isprintable()
    except ValueError:
        return False
