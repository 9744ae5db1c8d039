"""Who breaks a database by hand: chance, what was done, and how to undo what no run can."""

import random
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed

from tests.oracle.meaning import Meaning
from tests.oracle.world.world import World

KINDS = {
    "database": ("CREATE", "TEMPORARY", "CONNECT"),
    "schema": ("USAGE", "CREATE"),
    "table": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"),
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "function": ("EXECUTE",),
    "type": ("USAGE",),
}


@dataclass
class Hand:
    chance: random.Random
    world: World
    meaning: Meaning
    done: list[str]
    """Grows by every statement."""
    elsewhere: list[str]
    """Grows by every schema made that the spec doesn't declare."""
    undo: list[Composed] = field(default_factory=list)
    """What no run can take back: its master has no power over it."""

    def take_back(self, superuser: Connection[Any]) -> None:
        for statement in reversed(self.undo):
            superuser.execute(statement)

    def do(self, superuser: Connection[Any], statement: Composed) -> None:
        self.done.append(statement.as_string(None))
        superuser.execute(statement)

    def someone(self, *more: str) -> str:
        return self.chance.choice([*self.meaning.users, *self.meaning.groups, *more])

    def privileges(self, kind: str) -> Composed:
        of = (*KINDS[kind], "MAINTAIN") if kind == "table" and self.meaning.version >= 170000 else KINDS[kind]
        return SQL(", ").join(map(SQL, self.chance.sample(of, self.chance.randint(1, min(3, len(of))))))
