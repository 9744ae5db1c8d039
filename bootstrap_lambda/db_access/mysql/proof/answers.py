"""What the server itself answers about rights: from what it decides by, not from the tables that it read that from.

Source: dev.mysql.com, "The INFORMATION_SCHEMA … PRIVILEGES Table"; on both servers these show the grants in memory.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from db_access.mysql.catalog import Reader
from db_access.mysql.catalog.rows import text
from db_access.mysql.session import Rows
from db_access.mysql.state import EVERYWHERE, GRANT_OPTION, Level, On, Rights, State, Who

_NOTHING: Final = "USAGE"


def answered(reader: Reader, state: State, holders: Collection[Who]) -> State:
    """`state`, where these have what the server answers; on routines, of which it answers nothing, what its table
    says."""
    named = {_grantee(who): who for who in holders}
    if not named:
        return state
    return replace(state, rights={**state.rights, **_rights(state, named, reader.answers(named))})


def _grantee(who: Who) -> str:
    """As the server writes it there: whatever is in the name, no quote is doubled."""
    return f"'{who.name}'@'{who.host}'"


def _rights(state: State, named: Mapping[str, Who], rows: Rows) -> dict[Who, Rights]:
    found: dict[Who, dict[On, frozenset[str]]] = {who: _on_routines(state.held(who)) for who in named.values()}
    for row in rows:
        who = named.get(text(row["grantee"]))
        if who is None:
            continue  # somebody else, whose name the server finds equal there: `Admin`, `admin`
        holder, on = found[who], _on(state, row)
        words = {text(row["privilege"])} - {_NOTHING} | ({GRANT_OPTION} if row["grantable"] == "YES" else set())
        if words:
            holder[on] = holder.get(on, frozenset()) | words
    return {**found}


def _on_routines(rights: Rights) -> dict[On, frozenset[str]]:
    return {on: privileges for on, privileges in rights.items() if on.level is Level.ROUTINE}


def _on(state: State, row: Mapping[str, Any]) -> On:
    schema, name, part = (text(row.get(each)) for each in ("in_schema", "name", "part"))
    if not schema:
        return EVERYWHERE
    level = Level.COLUMN if part else Level.TABLE if name else Level.SCHEMA
    return On(level, state.server.folded(schema), state.server.folded(name), part)
