"""All that is asked of a database at one moment: as it is, or with every schema open to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg

from tests.conftest import Database
from tests.oracle.asking.doing import OPTIONS, attempted
from tests.oracle.asking.inquiry import Answers, ask, doors_open, of_everybody
from tests.oracle.asking.probes import Probe, probes
from tests.oracle.asking.things import Thing, things


@dataclass(frozen=True)
class Whom:
    """Roles to ask as, and roles to ask about."""

    users: Sequence[str]
    groups: Sequence[str]
    owners: Sequence[str]
    stranger: str
    """A login that is a member of nothing: what it can do, everybody can."""


@dataclass(frozen=True)
class Findings:
    things: Sequence[Thing]
    probes: Sequence[Probe]
    everybody: dict[Probe, bool]
    """What PUBLIC can do, in schemas as if it could use them."""
    open_to_connect: bool
    answers: Answers = field(default_factory=Answers)

    @classmethod
    def as_it_is(cls, database: Database, whom: Whom, schemas: Sequence[str], alone: Sequence[str] = ()) -> "Findings":
        """
        Args:
            schemas: of which everything is asked about.
            alone: schemas that are asked about without what is in them.
        """
        found = cls._before(database, whom, schemas, alone)
        ask(database, [*whom.users, whom.stranger], whom.groups, found.probes, found.answers)
        return found

    @classmethod
    def with_open_doors(
        cls, database: Database, whom: Whom, schemas: Sequence[str], alone: Sequence[str] = ()
    ) -> "Findings":
        """Nothing about memberships, which the proof doesn't speak of."""
        found = cls._before(database, whom, schemas, alone)
        outside = [probe for probe in found.probes if not probe.thing.inside and probe.thing.kind != "role"]
        ask(database, whom.users, whom.groups, outside, found.answers)
        with doors_open(database, [thing for thing in found.things if thing.kind == "schema"]):
            inside = [probe for probe in found.probes if probe.thing.inside]
            ask(database, whom.users, whom.groups, inside, found.answers)
        return found

    @classmethod
    def _before(cls, database: Database, whom: Whom, schemas: Sequence[str], alone: Sequence[str]) -> "Findings":
        with database.superuser() as superuser:
            found = things(superuser, schemas)
            found += [thing for thing in things(superuser, alone) if thing.kind == "schema"]
            row = superuser.execute("SELECT has_database_privilege('public', current_database(), 'CONNECT')").fetchone()
        roles = [Thing("role", "", name, "") for name in (*whom.groups, *whom.owners)]
        asked = [probe for thing in (*found, *roles) for probe in probes(thing, _version(database), whom.stranger)]
        with psycopg.connect(database.superuser_conninfo, options=OPTIONS) as superuser:
            assert all(attempted(superuser, asked)), "a superuser can do everything, so each probe can be answered"
        everybody = of_everybody(database, whom.stranger, [thing for thing in found if thing.kind == "schema"], asked)
        return cls(found, asked, everybody, row is not None and bool(row[0]))


def _version(database: Database) -> int:
    with database.superuser() as superuser:
        return superuser.info.server_version
