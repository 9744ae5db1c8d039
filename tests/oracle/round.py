"""One world, from its first run to its last: converged, broken by hand, converged again; asked each time."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database, fresh_database
from tests.oracle import compare
from tests.oracle.asking.findings import Findings, Whom
from tests.oracle.asking.things import Thing, things
from tests.oracle.breaking.hand import Hand
from tests.oracle.breaking.naming import revoke_all_from_public
from tests.oracle.breaking.ways import break_things
from tests.oracle.meaning import Meaning
from tests.oracle.proven import Proven
from tests.oracle.tally import Tally
from tests.oracle.world.objects import hand_over, make_early, make_objects, make_place
from tests.oracle.world.world import World

_BREAKS = 2


@dataclass
class Round:
    database: Database
    world: World
    spec: AccessSpec
    meaning: Meaning
    amiss: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """By hand."""
    elsewhere: list[str] = field(default_factory=list)
    """Schemas that the spec doesn't declare, in which somebody was given rights."""
    tally: Tally = field(default_factory=lambda: Tally(worlds=1))

    def run(self) -> None:
        self.settle()
        self.hold_against_the_spec("converged")
        for turn in range(_BREAKS):
            before = len(self.elsewhere)
            hand = Hand(
                random.Random(f"{self.world.seed} break {turn}"), self.world, self.meaning, self.done, self.elsewhere
            )
            with self.database.superuser() as superuser:
                break_things(hand, superuser, things(superuser, [*self.meaning.schemas]))
            self.hold_against_the_proof(before)
            with self.database.superuser() as superuser:
                hand.take_back(superuser)
            self.converge()
            self.hold_against_the_spec("converged again")

    def settle(self) -> None:
        """What was there before, the spec, and then the objects, as migrations make them after a first run."""
        with self.database.superuser() as superuser:
            made = make_early(superuser, self.world, MASTER)
        self.converge()
        with self.database.superuser() as superuser:
            hand_over(superuser, self.world)
            # not before: a first run refuses to cut a login off
            superuser.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(self.world.stranger)))
            there = things(superuser, [*self.meaning.schemas])
            make_objects(superuser, self.world, self._who_create(there), MASTER, made)
            self._close_to_public(superuser)
        self.converge()

    def converge(self) -> None:
        reconcile.converge(self.connect, self.spec, self.database.name)

    def prove(self) -> reconcile.Evidence:
        return reconcile.prove(self.connect, self.spec, self.database.name)

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.database.conninfo(MASTER))

    def hold_against_the_spec(self, when: str) -> None:
        found = self.as_it_is()
        proven = self.prove()
        amiss = compare.with_the_spec(found, self.meaning)
        amiss += [*proven.violations, *proven.conflicts, *proven.left, *proven.lock_outs, *map(repr, proven.plan)]
        self.amiss += [f"{when}: {sentence}" for sentence in amiss]

    def hold_against_the_proof(self, before: int) -> None:
        evidence = self.prove()
        if before < len(self.elsewhere) and not (evidence.plan or evidence.conflicts or evidence.left):
            self.amiss.append("broken: rights in schemas that the spec doesn't declare are not seen")
        with self.database.superuser() as superuser:
            proven = Proven.of(superuser, self.spec, self.meaning, self._things(superuser))
        found = Findings.with_open_doors(self.database, self.whom, [*self.meaning.schemas], self._alone)
        self._count(found, len(compare.with_rights(found, self.meaning, self.meaning.rights)))
        amiss = [*proven.amiss, *compare.with_rights(found, self.meaning, proven.rights)]
        self.amiss += [f"broken, by the proof: {sentence}" for sentence in amiss]

    def as_it_is(self) -> Findings:
        schemas = [*self.meaning.schemas, *self.elsewhere]
        found = Findings.as_it_is(self.database, self.whom, schemas, self._alone)
        self._count(found)
        return found

    @property
    def whom(self) -> Whom:
        owners = sorted(self.meaning.owners)
        return Whom([*self.meaning.users], [*self.meaning.groups], owners, self.world.stranger)

    @property
    def _alone(self) -> list[str]:
        """Schema public, where PUBLIC is locked, whether it is declared or not."""
        return ["public"] if self.meaning.locked and "public" not in self.meaning.schemas else []

    def _things(self, superuser: Connection[Any]) -> list[Thing]:
        alone = [thing for thing in things(superuser, self._alone) if thing.kind == "schema"]
        return [*things(superuser, [*self.meaning.schemas]), *alone]

    def _count(self, found: Findings, differing: int = 0) -> None:
        self.tally += Tally(0, found.answers.count, found.answers.refused, differing)

    def _close_to_public(self, superuser: Connection[Any]) -> None:
        """Some of what the spec leaves to PUBLIC, or what it gives there would make no difference."""
        chance = random.Random(f"{self.world.seed} public")
        for thing in things(superuser, [*self.meaning.schemas]):
            if self.world.early and chance.random() < 0.5 and self.meaning.left_open(thing):
                revoke_all_from_public(superuser, thing)

    def _who_create(self, there: list[Thing]) -> dict[str, list[str]]:
        return {
            thing.name: [u for u in self.meaning.users if ("", "CREATE") in self.meaning.rights(u, thing)]
            for thing in there
            if thing.kind == "schema"
        }


@contextmanager
def in_database(postgres: Postgres, world: World) -> Iterator[Round]:
    """The world in a database of its own, with nothing of it made yet."""
    spec = AccessSpec.parse(world.document)
    with fresh_database(postgres, world.database) as database:
        with database.superuser() as superuser:
            make_place(superuser)
            version = superuser.info.server_version
        yield Round(database, world, spec, Meaning(world.document, world.database, version))
