"""What can be wrong with a grant in a spec: fields that exclude each other, objects of other schemas."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.model.grants import OBJECT_PRIVILEGES, Access, Grant
from db_access.spec.model.names import split_object
from db_access.spec.places import Place
from db_access.spec.problems.signatures import as_postgresql_writes_it
from db_access.spec.raw_document import RawDocument, strings
from db_access.wording import cited, cut

_SUFFICIENT: Final = (*OBJECT_PRIVILEGES, "key_columns", "schema_privileges")
"""Fields each of which grants something without `access`."""
_BESIDE_OWNER: Final = ("database", "schemas", "access", "database_privileges")
_SELECTING: Final = (Access.READ_ONLY, Access.READ_WRITE)


def grant_problems(document: RawDocument) -> Iterator[str]:
    for at, grant in document.grants:
        yield from _combinations(document, at, grant)
        yield from _key_columns(document, at, grant)
        yield from _objects_of_other_schemas(document, at, grant)
        yield from _misspelt_types(document, at, grant)


def _combinations(document: RawDocument, at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    access = grant.get("access")
    if access is None:
        if not any(grant.get(name) for name in _SUFFICIENT):
            allowed = ", ".join(_SUFFICIENT)
            yield f"{document.at(at)}: grants nothing; allowed: `access` with a preset, or one of {allowed}"
    elif access == Access.OWNER:
        for name in Grant.model_fields:
            if name not in _BESIDE_OWNER and grant.get(name):
                yield f"{document.at(at, name)}: `access: owner` includes everything already; allowed: without it"
    elif access in [*Access]:
        for name in OBJECT_PRIVILEGES:
            if grant.get(name):
                yield (
                    f"{document.at(at, name)}: can't be combined with `access: {access}`; allowed: either a preset or "
                    "lists, or a second grant"
                )


def _key_columns(document: RawDocument, at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    """SELECT on some columns, where the grant has SELECT on whole tables."""
    selects = grant.get("access") in _SELECTING or "SELECT" in [name for _, name in strings(grant, "tables")]
    if grant.get("key_columns") and selects:
        yield (
            f"{document.at(at, 'key_columns')}: SELECT on whole tables includes them already; allowed: with access "
            "that doesn't include SELECT"
        )


def _objects_of_other_schemas(document: RawDocument, at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    schemas = [name for _, name in strings(grant, "schemas")]
    for place, name in strings(grant, "only", at):
        if split_object(name, schemas) is None:
            yield (
                f"{document.at(place)}: {cited(name)} is not in a schema of this grant; "
                f"allowed: {', '.join(f'{cut(schema)}.<object>' for schema in schemas)}"
            )


def _misspelt_types(document: RawDocument, at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    """A grant on such a function would be pending for ever."""
    for place, name in strings(grant, "only", at) if grant.get("functions") else ():
        written = as_postgresql_writes_it(name)
        if written != name:
            yield (
                f"{document.at(place)}: no function is named {cited(name)}; did you mean {written!r}? allowed: "
                "argument types as PostgreSQL writes them"
            )
