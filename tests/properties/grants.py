"""Any grants that a spec may have."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from db_access.spec.model.kept import KEEP

Document = dict[str, Any]


def some(of: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True) if of else st.just([])


PREDEFINED = ["pg_monitor", "pg_read_all_data", "pg_write_all_data"]
"""Predefined roles that every version has."""
DATABASE_PRIVILEGES = some(["CONNECT", "CREATE", "TEMPORARY"])
_LISTS = {
    "tables": [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "TRUNCATE",
        "REFERENCES",
        "TRIGGER",
    ],  # MAINTAIN came with PostgreSQL 17
    "sequences": ["USAGE", "SELECT", "UPDATE"],
    "functions": ["EXECUTE"],
    "types": ["USAGE"],
    "schema_privileges": ["USAGE", "CREATE"],
}


@st.composite
def some_grants(draw: st.DrawFn, database: str, owners: dict[str, str], table: str, *, may_own: bool) -> list[Document]:
    """One owner's schemas to act as the owner, or any others: a session can't do both."""
    named = sorted(set(owners.values()) - {KEEP})
    if may_own and named and draw(st.booleans()):
        owner = draw(st.sampled_from(named))
        return [
            {
                "database": database,
                "schemas": [schema for schema in owners if owners[schema] == owner],
                "access": "owner",
                "database_privileges": draw(DATABASE_PRIVILEGES),
            }
        ]
    found = []
    for _ in range(draw(st.integers(0, 2))):
        schemas = draw(st.lists(st.sampled_from(sorted(owners)), min_size=1, unique=True))
        what = draw(st.one_of(_presets(), _listed()))
        found.append({"database": database, "schemas": schemas, **what, "only": draw(some([f"{schemas[0]}.{table}"]))})
    return found


@st.composite
def _presets(draw: st.DrawFn) -> Document:
    access = draw(st.sampled_from(["read_only", "append_only", "write_only", "read_write"]))
    keys = [] if access.startswith("read") else draw(some(["the_key"]))
    return {"access": access, "key_columns": keys}


@st.composite
def _listed(draw: st.DrawFn) -> Document:
    lists = {name: draw(some(privileges)) for name, privileges in _LISTS.items()}
    if not any(lists.values()):
        lists["tables"] = ["INSERT"]
    return {
        **lists,
        "key_columns": [] if "SELECT" in lists["tables"] else draw(some(["the_key"])),
        "database_privileges": draw(DATABASE_PRIVILEGES),
    }
