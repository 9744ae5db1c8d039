"""What in a statement pins, in words without a value of the statement's: a setting's name is the most that is told.

Prepared statements of the protocol's own don't pin. What a routine, a trigger or a default does, RDS Proxy doesn't see.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pgparse

from keyless.rehearsal.endpoints.proxy.pinning.conversation import Statement

MOST_BYTES: Final = 16 * 1024
_Node = Mapping[str, Any]

_FUNCTIONS: Final = frozenset({"nextval", "setval", "currval", "lastval", "set_config"})
_LOCKS: Final = ("pg_advisory_", "pg_try_advisory_")
_OF_TRANSACTION: Final = ("pg_advisory_xact_", "pg_try_advisory_xact_")
_RUN_NOW: Final = frozenset(
    {
        *("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CallStmt", "CopyStmt"),
        *("CreateTableAsStmt", "DeclareCursorStmt", "ExecuteStmt", "ExplainStmt", "PrepareStmt"),
    }
)
"""Whose expressions are evaluated: not a view's, a default's or a routine's."""


def pins(statement: Statement) -> Iterator[str]:
    """Each interaction that pins, in a text with one statement or several. Nothing in one that PostgreSQL can't parse,
    which changes no session either."""
    if statement.size > MOST_BYTES:
        yield "a statement of more than 16 KB"
        return
    try:
        parsed = pgparse.parse(statement.text)
    except (pgparse.PGQueryError, RecursionError, ValueError):
        return
    for each in parsed:
        for kind, node in each.get("stmt", {}).items():
            yield from _of_statement(kind, node)


def _of_statement(kind: str, node: _Node) -> Iterator[str]:
    if command := _COMMANDS.get(kind):
        yield command(node)
    if _temporary(_made(kind, node)):
        yield f"CREATE TEMPORARY {_MADE[kind][0]}"
    if kind in _RUN_NOW:
        yield from _inside(node)


def _inside(node: _Node) -> Iterator[str]:
    """By hand instead of by recursion: a client decides how deep it is."""
    left: list[Any] = [node]
    while left:
        match left.pop():
            case {"funcname": list(names)} as call:
                yield from _call(names)
                left += call.values()
            case dict() as inner:
                yield from (_COMMANDS[kind](inner[kind]) for kind in _NESTED & inner.keys())
                left += inner.values()
            case list(several):
                left += several


def _call(names: list[_Node]) -> Iterator[str]:
    *schema, name = (str(part.get("String", {}).get("sval", "")) for part in names)
    advisory = name.startswith(_LOCKS) and not name.startswith(_OF_TRANSACTION)
    if schema in ([], ["pg_catalog"]) and (name in _FUNCTIONS or advisory):
        yield f"{name}()"


def _setting(node: _Node) -> str:
    verb = "RESET" if "RESET" in str(node.get("kind")) else "SET"
    local = " LOCAL" if node.get("is_local") else ""
    return f"{verb}{local} {node.get('name', 'ALL')}"


def _always(words: str) -> Callable[[_Node], str]:
    return lambda _: words


_COMMANDS: Final[Mapping[str, Callable[[_Node], str]]] = {
    "VariableSetStmt": _setting,
    "ConstraintsSetStmt": _always("SET CONSTRAINTS"),
    "PrepareStmt": _always("PREPARE"),
    "ExecuteStmt": _always("EXECUTE"),
    "DeallocateStmt": _always("DEALLOCATE"),
    "DiscardStmt": _always("DISCARD"),
    "DeclareCursorStmt": _always("DECLARE CURSOR"),
    "ListenStmt": _always("LISTEN"),
    "LoadStmt": _always("LOAD"),
}
_NESTED: Final = frozenset({"ExecuteStmt", "DeclareCursorStmt"})
"""Of those, what EXPLAIN and CREATE TABLE AS can have inside."""
_MADE: Final = {
    "CreateStmt": ("TABLE", ("relation",)),
    "CreateTableAsStmt": ("TABLE", ("into", "rel")),
    "SelectStmt": ("TABLE", ("intoClause", "rel")),
    "CreateSeqStmt": ("SEQUENCE", ("sequence",)),
    "ViewStmt": ("VIEW", ("view",)),
}
"""What a statement makes, and where its parse tree has the name."""


def _made(kind: str, node: _Node) -> _Node:
    for step in _MADE[kind][1] if kind in _MADE else ():
        node = node.get(step, {})
    return node


def _temporary(made: _Node) -> bool:
    return made.get("relpersistence") == "t" or made.get("schemaname") == "pg_temp"
