"""What is there: owners, objects to come, and schemas that the spec doesn't declare."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from tests.conftest import MASTER
from tests.oracle.asking.things import Thing
from tests.oracle.breaking.hand import Hand
from tests.oracle.breaking.naming import role_
from tests.oracle.world.objects import make_one
from tests.oracle.world.world import Planned


def owner(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Of a plain table or a type, which a run moves back."""
    free = [t for t in things if (t.kind == "table" and t.form == "r") or (t.kind == "type" and t.form == "e")]
    if free:
        thing, who = hand.chance.choice(free), hand.someone()
        kind = SQL(thing.kind.upper())
        name = Identifier(thing.schema, thing.name)
        hand.do(superuser, SQL("ALTER {} {} OWNER TO {}").format(kind, name, Identifier(who)))


def default(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Default privileges, and something that gets them."""
    schema, (owner, *_) = hand.chance.choice([*hand.world.makers.items()])
    what = hand.chance.choice(["SELECT, DELETE ON TABLES", "UPDATE ON SEQUENCES", "EXECUTE ON FUNCTIONS"])
    alter = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {} "
    verb = hand.chance.choice(["GRANT {} TO {}", "REVOKE {} FROM {}"])
    statement = SQL(alter + verb).format(Identifier(owner), Identifier(schema), SQL(what), role_(hand.someone("")))
    hand.do(superuser, statement)
    name = f"made after break {len(hand.done)}"
    kind = {"T": "table", "S": "sequence", "F": "function"}[what.split(" ON ")[1][0]]
    columns = next(planned.columns for planned in hand.world.planned)
    make_one(superuser, Planned(schema, kind, name + ("()" if kind == "function" else ""), columns), owner)


def elsewhere(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Rights in a schema of the master's that the spec doesn't declare."""
    schema, who = f"elsewhere {len(hand.elsewhere)}", hand.someone()
    hand.elsewhere.append(schema)
    place, table = Identifier(schema), Identifier(schema, "t")
    superuser.execute(SQL("SET ROLE {}").format(Identifier(MASTER)))
    hand.do(superuser, SQL("CREATE SCHEMA {}; CREATE TABLE {} (id int, spare int)").format(place, table))
    grants = SQL("GRANT USAGE ON SCHEMA {} TO {}; GRANT SELECT (id), DELETE ON {} TO {}")
    hand.do(superuser, grants.format(place, role_(who), table, role_(who)))
    superuser.execute("RESET ROLE")
