"""What can be wrong with a grant in a spec: fields that exclude each other, objects of other schemas. Works on the raw
document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.places import Place, elements, place_text, strings

_LISTS: Final = ("tables", "sequences", "functions", "types")
_NARROWING: Final = ("key_columns", "only", *_LISTS, "schema_privileges", "database_privileges")
_SELECTING: Final = ("read_only", "read_write")


def grant_problems(root: Mapping[str, Any]) -> Iterator[str]:
    for key in ("users", "groups"):
        for place, who in elements(root, key):
            for at, grant in elements(who, "grants", place):
                yield from _excluding(at, grant)
                yield from _outside(at, grant)


def _excluding(at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    access, lists = grant.get("access"), [name for name in _LISTS if grant.get(name)]
    if access == "owner":
        for name in _NARROWING:
            if grant.get(name):
                yield (
                    f"{place_text((*at, name))}: adds nothing to `access: owner`, which gives everything; allowed: "
                    f"without it"
                )
    elif access is not None:
        for name in lists:
            yield (
                f"{place_text((*at, name))}: has no place beside `access: {access}`; allowed: either a preset or "
                f"lists, or a second grant"
            )
    elif not lists and not grant.get("key_columns") and not grant.get("schema_privileges"):
        allowed = ", ".join((*_LISTS, "key_columns", "schema_privileges"))
        yield f"{place_text(at)}: gives nothing; allowed: `access` with a preset, or one of {allowed}"
    if grant.get("key_columns") and (access in _SELECTING or "SELECT" in (grant.get("tables") or ())):
        yield (
            f"{place_text((*at, 'key_columns'))}: add nothing to SELECT on whole tables; allowed: beside access "
            f"that doesn't read"
        )


def _outside(at: Place, grant: Mapping[str, Any]) -> Iterator[str]:
    schemas = [name for _, name in strings(grant, "schemas")]
    for index, name in strings(grant, "only"):
        if in_schema(name, schemas) is None:
            yield (
                f"{place_text((*at, 'only', index))}: {name!r} is in no schema of this grant; "
                f"allowed: {', '.join(f'{schema}.<object>' for schema in schemas)}"
            )


def in_schema(name: str, schemas: "list[str] | tuple[str, ...]") -> tuple[str, str] | None:
    """(schema, object) of `schema.object`; of several schemas that fit, the longest, since names may contain dots."""
    fitting = [schema for schema in schemas if name.startswith(f"{schema}.") and len(name) > len(schema) + 1]
    return (best := max(fitting, key=len), name[len(best) + 1 :]) if fitting else None
