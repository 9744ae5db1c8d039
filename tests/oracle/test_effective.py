"""What `keyless what can` and `who can` say is what PostgreSQL carries out, in random worlds broken by hand."""

import random

import psycopg
import pytest

from keyless.effective import questions
from keyless.effective.asking import Finding
from keyless.effective.named import Named
from keyless.effective.things import QuestionError
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER
from tests.oracle.asking.inquiry import ITSELF
from tests.oracle.asking.probes import Probe
from tests.oracle.asking.things import things
from tests.oracle.breaking.hand import Hand
from tests.oracle.breaking.ways import break_things
from tests.oracle.round import Round, in_database
from tests.oracle.world.world import Maker

_KINDS = {"database", "schema", "table", "sequence", "function"}
_WHO = 25
"""Privileges of a world of which it is also asked who has them."""


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_what_is_said_is_what_postgresql_does(postgres: Postgres, seed: int) -> None:
    with postgres.connect() as connection:
        world = Maker(seed, connection.info.server_version).world()
    with in_database(postgres, world) as here:
        here.settle()
        hand = Hand(random.Random(seed), world, here.meaning, here.done, here.elsewhere)
        with here.database.superuser() as superuser:
            break_things(hand, superuser, things(superuser, [*here.meaning.schemas]))
        try:
            assert _amiss(here) == []
        finally:
            with here.database.superuser() as superuser:
                hand.take_back(superuser)


def _amiss(here: Round) -> list[str]:
    found = here.as_it_is()
    amiss, said_yes = [], []
    for role in (*here.whom.users, *here.whom.groups):
        with psycopg.connect(here.database.conninfo(MASTER)) as connection:
            said = questions.what(connection, role)
        for probe, can in found.answers.allowed[role, ITSELF].items():
            if probe.thing.kind not in _KINDS:
                continue
            yes = [finding for finding in said if _allows(finding, probe)]
            said_yes += yes
            if bool(yes) is not can:
                amiss.append(f"{role}: {probe.shown}: said {bool(yes)}, done {can}")
    assert said_yes, "nobody can do anything: that would be true of an empty answer"
    return amiss + _also_asked_who(here, random.Random(here.world.seed).sample(said_yes, min(_WHO, len(said_yes))))


def _allows(finding: Finding, probe: Probe) -> bool:
    """As itself, at once."""
    thing = finding.thing
    place = (probe.thing.schema if probe.thing.inside else "", probe.thing.bare)
    return (
        finding.privilege in probe.any_of
        and (thing.schema, thing.name) == place
        and (thing.kind == probe.thing.kind or (thing.kind == "column" and probe.thing.kind == "table"))
        and (thing.kind != "function" or thing.oid == probe.thing.oid)
        and thing.column in ("", probe.column)
        and not any(lack.startswith("USAGE") for lack in finding.lacks)
        and any(not route.after for route in finding.routes)
    )


def _also_asked_who(here: Round, sample: list[Finding]) -> list[str]:
    amiss = []
    for finding in sample:
        thing = finding.thing
        named = Named(here.database.name, *_parts(finding))
        with psycopg.connect(here.database.conninfo(MASTER)) as connection:
            logins = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin")}
            connection.rollback()
            said = questions.who(connection, finding.privilege, named)
        if finding.role in logins and not any(
            other.role == finding.role and other.thing == thing and other.routes == finding.routes for other in said
        ):
            amiss.append(f"asked who can {finding.privilege} {thing.shown}, {finding.role} isn't among {said}")
    return amiss


def _parts(finding: Finding) -> tuple[str, ...]:
    thing = finding.thing
    if thing.kind == "database":
        return ()
    return (thing.name,) if thing.kind == "schema" else (thing.schema, thing.name, thing.column)


def test_a_thing_that_is_not_there_is_said(postgres: Postgres) -> None:
    with postgres.connect() as connection, pytest.raises(QuestionError, match="no nowhere; allowed"):
        questions.who(connection, "USAGE", Named("postgres", "nowhere"))
