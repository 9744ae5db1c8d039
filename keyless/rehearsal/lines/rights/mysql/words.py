"""What can be done with a kind of thing, in words for people: PostgreSQL's where there are such."""

from typing import Final

from keyless.rehearsal.lines.rights.words import IN_WORDS, NOTHING
from keyless_probe.rights.things import Kind

KINDS: Final = (Kind.TABLE, Kind.FUNCTION, Kind.SCHEMA)
"""There are no sequences to have rights on."""
_DATA: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
_NEW: Final = {
    "CREATE": "tables",
    "CREATE VIEW": "views",
    "CREATE ROUTINE": "routines",
    "EVENT": "events",
    "CREATE TEMPORARY TABLES": "temporary tables",
}


def words(kind: Kind, can: frozenset[str], cannot: frozenset[str]) -> str:
    match kind:
        case Kind.TABLE:
            return _on_tables(can)
        case Kind.FUNCTION:
            return "call" if can else NOTHING
        case _:
            new = ", ".join(word for privilege, word in _NEW.items() if privilege in can)
            return ", ".join(filter(None, [new, "drop all of them" if "DROP" in can else ""])) or NOTHING


def _on_tables(can: frozenset[str]) -> str:
    data = frozenset(_DATA) & can
    keys = sorted(one for one in can if one.startswith("read ") and "SELECT" not in can)
    more = sorted(one for one in can - data if not one.startswith("read "))
    said = IN_WORDS.get(data) or ", ".join(one for one in _DATA if one in data)
    return ", ".join([*([] if said == NOTHING and (keys or more) else [said]), *keys, *more])
