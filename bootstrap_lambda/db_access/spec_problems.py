"""What can be wrong with an access spec, each said as place, problem and what is allowed.

Works on the raw document, so that a misspelt field doesn't hide a wrong reference elsewhere.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from db_access.spec_grant_problems import grant_problems
from db_access.spec_group_problems import group_problems
from db_access.spec_places import Element, Place, declared_schemas, elements, place_text, strings, unknown
from db_access.spec_user_problems import user_problems

_MAX_BYTES = 63
"""NAMEDATALEN - 1: PostgreSQL silently cuts longer identifiers (postgresql.org, SQL Syntax, 4.1.1)."""


def identifier(name: str) -> str:
    """`name`, if PostgreSQL can use it whole as an identifier. Raises ValueError with the reason."""
    size = len(name.encode())
    if not 0 < size <= _MAX_BYTES:
        raise ValueError(f"{name!r} has {size} bytes; allowed: 1 to {_MAX_BYTES}")
    if "\0" in name:
        raise ValueError(f"{name!r} contains a NUL character")
    if name.lower().startswith("pg_") or name.lower() in {"information_schema", "rdsadmin"}:
        raise ValueError(f"{name!r} is reserved by PostgreSQL or RDS; allowed: names that don't start with pg_")
    return name


def role_name(name: str) -> str:
    """`name`, if a role of ours may have it. Raises ValueError with the reason."""
    identifier(name)
    if name.lower().startswith("rds") or name.lower() in {"public", "none", "postgres"}:
        raise ValueError(f"{name!r} is reserved; allowed: names that don't start with rds or pg_, and are not public, none or postgres")
    return name


def structural_problems(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """pydantic's findings as sentences, each with its place in the document."""
    return [f"{place_text(e['loc'])}: {_reason(e, model)}" for e in error.errors(include_url=False)]


def reference_problems(raw: object) -> list[str]:
    """Names used but not declared, declared twice, or declared for two purposes."""
    root = raw if isinstance(raw, Mapping) else {}
    return [
        *_duplicates(elements(root, "databases"), "name", fold=False),
        *(p for place, d in elements(root, "databases") for p in _duplicates(elements(d, "schemas", place), "name", fold=False)),
        *_duplicates(elements(root, "users"), "username", fold=True),
        *_duplicates(elements(root, "groups"), "name", fold=True),
        *group_problems(root),
        *grant_problems(root),
        *user_problems(root),
        *_users_that_own(root),
        *_undeclared(root),
        *_mixed_ownership(root),
    ]


def _duplicates(elements: Iterable[Element], key: str, *, fold: bool) -> Iterator[str]:
    seen: dict[str, tuple[Place, str]] = {}
    for place, item in elements:
        name = item.get(key)
        if not isinstance(name, str):
            continue
        first = seen.setdefault(name.lower() if fold else name, (place, name))
        if first[0] != place:
            same = "is declared already" if first[1] == name else f"differs only in case from {first[1]!r}"
            yield f"{place_text((*place, key))}: {name!r} {same}, at {place_text(first[0])}; allowed: a name of its own"


def _users_that_own(root: Mapping[str, Any]) -> Iterator[str]:
    """The master becomes a member of every owner and creator; of a user in rds_iam that would lock a password master out."""
    users = {name for _, item in elements(root, "users") if isinstance(name := item.get("username"), str)}
    for place, database in elements(root, "databases"):
        for at, schema in elements(database, "schemas", place):
            makers = [(("owner",), schema.get("owner")), *((("creators", i), name) for i, name in strings(schema, "creators"))]
            for step, name in makers:
                if name in users:
                    yield (
                        f"{place_text((*at, *step))}: {name!r} is a user; allowed: a NOLOGIN role of its own, "
                        "to which the user gets `access: owner`"
                    )


def _undeclared(root: Mapping[str, Any]) -> Iterator[str]:
    declared = declared_schemas(root)
    for place, user in (*elements(root, "users"), *elements(root, "groups")):
        for index, name in strings(user, "databases"):
            if name not in declared:
                yield unknown((*place, "databases", index), "database", name, declared)
        for at, grant in elements(user, "grants", place):
            database = grant.get("database")
            if isinstance(database, str) and database not in declared:
                yield unknown((*at, "database"), "database", database, declared)
            elif isinstance(database, str):
                for index, schema in strings(grant, "schemas"):
                    if schema not in declared[database]:
                        yield unknown((*at, "schemas", index), f"schema in database {database!r}", schema, declared[database])


def _mixed_ownership(root: Mapping[str, Any]) -> Iterator[str]:
    """A session acts as one role: the owner, or the user itself."""
    declared = declared_schemas(root)
    for place, user in elements(root, "users"):
        acts_as: dict[str, set[str]] = {}
        for _, grant in elements(user, "grants", place):
            owners = declared.get(str(grant.get("database")), {})
            for _, schema in strings(grant, "schemas"):
                role = owners.get(schema) if grant.get("access") == "owner" else "the user itself"
                acts_as.setdefault(str(grant.get("database")), set()).add(str(role))
        for database, roles in acts_as.items():
            if len(roles) > 1 and any(g.get("access") == "owner" for _, g in elements(user, "grants")):
                yield (
                    f"{place_text((*place, 'grants'))}: in database {database!r} sessions would have to act as {', '.join(sorted(roles))}; "
                    "allowed: `access: owner` for the schemas of one owner and no other grant there, or a second user"
                )


def _reason(error: Any, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown_field(str(error["loc"][-1]), _model_at(model, error["loc"][:-1]))
        case "missing":
            return "is required"
        case "enum" | "literal_error":
            return f"{error['input']!r} is not allowed; allowed: {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            # A part of the document may hold a password, wherever it was put by mistake.
            shown = isinstance(error["input"], str | int | float | None) and "password" not in error["loc"]
            return f"{error['input']!r}: {error['msg']}" if shown else error["msg"]


def _unknown_field(name: str, model: type[BaseModel]) -> str:
    close = difflib.get_close_matches(name, model.model_fields, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"unknown field; {hint}allowed: {', '.join(model.model_fields)}"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model that describes what stands at `place`."""
    for step in place:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            model = next(a for a in (*get_args(annotation), annotation) if isinstance(a, type) and issubclass(a, BaseModel))
    return model
