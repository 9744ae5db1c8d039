"""The statement that takes a right away from somebody whose rights no run touches: text for the operator, never run."""

from collections.abc import Sequence

from db_access.plan.privileges import DefaultKey, Kind, Privileges
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.state import Routine
from db_access.wording import SHOWN

_MANY = {Kind.TABLE: "ALL TABLES", Kind.SEQUENCE: "ALL SEQUENCES", Kind.FUNCTION: "ALL ROUTINES"}
_FUTURE = {
    Kind.TABLE: "TABLES",
    Kind.SEQUENCE: "SEQUENCES",
    Kind.FUNCTION: "ROUTINES",
    Kind.TYPE: "TYPES",
    Kind.SCHEMA: "SCHEMAS",
}


def revoke(
    privileges: Privileges,
    kind: Kind,
    schema: str | None,
    names: Sequence[str],
    column: str | None,
    grantee: str,
) -> str:
    """Of many objects alike, on all of the kind in the schema: what the grantee has there otherwise is drift, too."""
    listed = f"{', '.join(sorted(privileges))}"
    if len(names) > 1 and kind in _MANY and schema is not None:
        return f"REVOKE {listed} ON {_MANY[kind]} IN SCHEMA {identifier(schema)} FROM {identifier(grantee)}"
    if column is not None:
        listed = ", ".join(f"{privilege} ({identifier(column)})" for privilege in sorted(privileges))
    on = ", ".join(qualified(kind, schema, name) for name in names[:SHOWN])
    more = ", …" if len(names) > SHOWN else ""
    return f"REVOKE {listed} ON {_keyword(kind)} {on}{more} FROM {identifier(grantee)}"


def revoke_future(privileges: Privileges, key: DefaultKey, grantee: str) -> str:
    where = "" if key.schema is None else f"IN SCHEMA {identifier(key.schema)} "
    return (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(key.creator)} {where}REVOKE {', '.join(sorted(privileges))} "
        f"ON {_FUTURE[key.kind]} FROM {identifier(grantee)}"
    )


def own(kind: Kind, schema: str | None, name: str, owner: str | None) -> str:
    """`owner`: whom the spec names; None for a database, of whose owner it says nothing."""
    to = "…" if owner is None else identifier(owner)
    return f"ALTER {_keyword(kind)} {qualified(kind, schema, name)} OWNER TO {to}"


def leave(role: str, member: str, grantor: str | None = None) -> str:
    """With what the member has passed on. `grantor`: as whom, from PostgreSQL 16 on, where each grants for itself."""
    by = "" if grantor is None else f" GRANTED BY {identifier(grantor)}"
    return f"REVOKE {identifier(role)} FROM {identifier(member)}{by} CASCADE"


def without(attribute: str, role: str) -> str:
    return f"ALTER ROLE {identifier(role)} NO{attribute}"


def qualified(kind: Kind, schema: str | None, name: str) -> str:
    if schema is None or not kind.in_schema:
        return identifier(name)
    if not isinstance(name, Routine):
        return f"{identifier(schema)}.{identifier(name)}"
    called, types = name.parts
    arguments = ", ".join(f"IN {identifier(of)}.{identifier(type_)}" for of, type_ in types)
    return f"{identifier(schema)}.{identifier(called)}({arguments})"


def _keyword(kind: Kind) -> str:
    return "ROUTINE" if kind is Kind.FUNCTION else kind.upper()
