"""What can be wrong with references in a spec: to databases, schemas or groups that nothing declares."""

from collections.abc import Iterable, Iterator

from db_access.spec.model.predefined import reserved
from db_access.spec.places import Place, suggestion
from db_access.spec.raw_document import Element, RawDocument, memberships, strings


def reference_problems(document: RawDocument) -> Iterator[str]:
    yield from _groups(document)
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
                yield _undeclared(document, place, "group", name, declared)
            elif name in seen:
                yield f"{document.at(place)}: {name!r} is listed twice; allowed: once"
            seen.add(name)


def _databases(document: RawDocument) -> Iterator[str]:
    declared = document.owners_of_schemas
    for at, grantee in document.grantees:
        for place, name in strings(grantee, "databases", at):
            if name not in declared:
                yield _undeclared(document, place, "database", name, declared)


def _of_grant(document: RawDocument, found: Element) -> Iterator[str]:
    declared = document.owners_of_schemas
    at, grant = found
    database = grant.get("database")
    if not isinstance(database, str):
        return
    if database not in declared:
        yield _undeclared(document, (*at, "database"), "database", database, declared)
        return
    for place, schema in strings(grant, "schemas", at):
        if schema not in declared[database]:
            yield _undeclared(document, place, f"schema in database {database!r}", schema, declared[database])


def _undeclared(document: RawDocument, place: Place, what: str, name: str, declared: Iterable[str]) -> str:
    allowed = ", ".join(declared) or "none, nothing is declared"
    return f"{document.at(place)}: no {what} is named {name!r}; {suggestion(name, declared)}allowed: {allowed}"
