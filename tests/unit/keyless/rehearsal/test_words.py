"""What a user can do with a kind that a schema has nothing of isn't told as if it had been tried."""

from psycopg.sql import SQL

from keyless.rehearsal.lines.rights.measured import DONE, REFUSED, Answer, Session, Tried
from keyless.rehearsal.lines.rights.probes import Probe
from keyless.rehearsal.lines.rights.words import rows
from keyless_probe.rights.things import Kind, Thing


def tried(thing: Thing, privilege: str, *, can: bool) -> Tried:
    probe = Probe(thing, "", frozenset({privilege}), SQL("SELECT").format())
    return Tried(probe, can, Answer(DONE if can else REFUSED, ""))


def test_a_kind_of_which_there_is_nothing_is_told_from_one_with_which_nothing_can_be_done() -> None:
    full = (
        tried(Thing(Kind.SCHEMA, "full", "full", "o"), "CREATE", can=False),
        tried(Thing(Kind.TABLE, "full", "t", "o"), "SELECT", can=True),
        tried(Thing(Kind.SEQUENCE, "full", "s", "o"), "USAGE", can=False),
        tried(Thing(Kind.FUNCTION, "full", "f", "o"), "EXECUTE", can=False),
    )
    bare = (tried(Thing(Kind.SCHEMA, "bare", "bare", "o"), "CREATE", can=True),)
    found = {row.schemas: row.cells for row in rows([Session("reports", "app", "reports", full + bare)])}
    assert found == {
        ("full",): ("read", "—", "—", "—"),
        ("bare",): ("none there", "none there", "none there", "create"),
    }
