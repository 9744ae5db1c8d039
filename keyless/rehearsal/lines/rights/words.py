"""What each user was seen to be able to do, in words for people: one row for each group of schemas where it is the
same."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from keyless.rehearsal.lines.rights.measured import Session, Tried
from keyless_probe.rights.things import Kind

NOTHING: Final = "—"
NONE_THERE: Final = "none there"
"""Of a kind of which the schema has nothing that could be tried: what is possible with later ones isn't known."""
KINDS: Final = (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION, Kind.SCHEMA)
IN_WORDS: Final = {
    frozenset[str](): NOTHING,
    frozenset({"SELECT"}): "read",
    frozenset({"INSERT"}): "append",
    frozenset({"INSERT", "UPDATE", "DELETE"}): "write",
    frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}): "read, write",
}
_OWN: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"})
_NAMED: Final = 5
"""How many things that are alike are named."""
_ORDER: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


@dataclass(frozen=True)
class Row:
    user: str
    database: str
    on_database: str
    schemas: tuple[str, ...]
    """Empty for who has no business in any."""
    cells: tuple[str, ...]
    """One for each of `kinds`."""
    kinds: tuple[Kind, ...] = KINDS


Words = Callable[[Kind, frozenset[str], frozenset[str]], str]
"""What can be done with a thing of a kind, of privileges that are there and such as aren't."""


def rows(sessions: Iterable[Session], kinds: tuple[Kind, ...] = KINDS, words: Words | None = None) -> Iterator[Row]:
    """Of each session; of a user that acts as another role itself only what it can do beside that. First who gets in
    nowhere.

    Args:
        kinds: those that the engine has.
        words: the engine's; PostgreSQL's without.
    """
    held = list(sessions)
    let_in = {session.user for session in held if not session.refused}
    for name in dict.fromkeys(session.user for session in held if session.user not in let_in):
        yield Row(name, "", "no login", (), (NOTHING,) * len(kinds), kinds)
    for session in held:
        if session.refused or (session.itself and not session.can):
            continue
        grouped: dict[tuple[str, ...], list[str]] = {}
        for schema in _schemas(session):
            cells = tuple(_cell(session, schema, kind, words or _words) for kind in kinds)
            grouped.setdefault(cells, []).append(schema)
        on_database = _of_database(session)
        for cells, schemas in grouped.items() or [((NOTHING,) * len(kinds), [])]:
            yield Row(session.shown, session.database, on_database, tuple(schemas), cells, kinds)


def _schemas(session: Session) -> list[str]:
    found = (tried.probe.thing.schema for tried in session.tried if tried.probe.thing.schema)
    return list(dict.fromkeys(found))


def _of_database(session: Session) -> str:
    can = [next(iter(t.probe.any_of)) for t in session.tried if t.probe.thing.kind is Kind.DATABASE and t.can]
    return ", ".join(["connect", *(privilege.lower() for privilege in can)])


def _cell(session: Session, schema: str, kind: Kind, words: Words) -> str:
    """What it can do with those of a kind: with all of them the same, or each kind of rights with an example."""
    found: dict[str, list[Tried]] = {}
    for tried in session.tried:
        thing = tried.probe.thing
        if thing.schema == schema and thing.kind is kind:
            found.setdefault(thing.name, []).append(tried)
    said: dict[str, list[str]] = {}
    for name, each in found.items():
        can, cannot = (frozenset(_privileges(each, could=could)) for could in (True, False))
        said.setdefault(words(kind, can, cannot), []).append(name)
    if len(said) <= 1:
        return next(iter(said), NONE_THERE)
    return "; ".join(f"{what} ({_some(names)})" for what, names in said.items())


def _some(names: list[str]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def _privileges(tried: Iterable[Tried], *, could: bool) -> Iterator[str]:
    return (_privilege(each.probe.any_of, each.probe.column) for each in tried if bool(each.can) is could)


def _privilege(any_of: frozenset[str], column: str) -> str:
    if column and "SELECT" in any_of:
        return f"read {column}"
    if column and "REFERENCES" not in any_of:
        return f"{next(iter(any_of))} of {column}"
    return "USAGE" if "USAGE" in any_of else next(iter(any_of))


def _words(kind: Kind, can: frozenset[str], cannot: frozenset[str]) -> str:
    match kind:
        case Kind.TABLE:
            return _on_tables(can, cannot)
        case Kind.SEQUENCE:
            numbers = {"USAGE": "draw", "SELECT": "read", "UPDATE": "set"}
            return ", ".join(word for privilege, word in numbers.items() if privilege in can) or NOTHING
        case Kind.FUNCTION:
            return "call" if can else NOTHING
        case _:
            return "create" if "CREATE" in can else NOTHING


def _on_tables(can: frozenset[str], cannot: frozenset[str]) -> str:
    keys = frozenset() if "SELECT" in can else frozenset(p for p in can if p.startswith("read "))
    whole = frozenset(privilege for privilege in can if privilege in _ORDER)
    if whole >= _OWN and not cannot:
        return "everything"
    more = sorted(privilege for privilege in can - whole if not privilege.startswith("read "))
    # views have SELECT alone, a table without a key no REFERENCES: what is left says it
    words = IN_WORDS.get(whole) or ", ".join(p for p in _ORDER if p in whole)
    return ", ".join([*([] if words == NOTHING and (keys or more) else [words]), *sorted(keys), *more])
