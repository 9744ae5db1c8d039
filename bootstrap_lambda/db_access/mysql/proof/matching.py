"""Whether a grant's pattern on the level of schemas reaches a schema. Pure.

Source: dev.mysql.com, "GRANT Statement": `_` and `%` are patterns there, and a backslash before one makes it a letter.
"""

import re
from collections.abc import Collection

from db_access.mysql.state import Level, On, State


def reaches(state: State, on: On, schemas: Collection[str]) -> bool:
    """Whether a right on that is one in any of the schemas."""
    if on.level is Level.GLOBAL:
        return True
    if on.level is Level.SCHEMA:
        return any(matches(on.schema, schema, literally=state.server.literal_schemas) for schema in schemas)
    return on.schema in schemas


def matches(pattern: str, schema: str, *, literally: bool) -> bool:
    """`literally`: with partial_revokes, where nothing is a pattern."""
    if literally:
        return pattern == schema
    return re.fullmatch(_expression(pattern), schema, re.DOTALL | re.IGNORECASE) is not None


def _expression(pattern: str) -> str:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join(_part(each) for each in parts)


def _part(each: str) -> str:
    if each in ("_", "%"):
        return "." if each == "_" else ".*"
    return re.escape(each[-1])
