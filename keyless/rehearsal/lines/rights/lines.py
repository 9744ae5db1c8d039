"""The lines of what users can do: everything that the spec gives is done, everything else is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from db_access.spec import AccessSpec, Database
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.rights import catalog, stand_ins
from keyless.rehearsal.lines.rights.beside import Beside, spec_roles
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.measured import Probe, Session, Tried
from keyless.rehearsal.lines.rights.probes import PLACE, probes
from keyless.rehearsal.lines.rights.sessions import MOST, lets_in, sessions
from keyless.rehearsal.lines.rights.words import Row, rows
from keyless.rehearsal.stage.running import Stage
from keyless_probe.guarded import guarded
from keyless_probe.rights.beyond import beyond
from keyless_probe.rights.things import Kind, Thing


@dataclass(frozen=True)
class Measured:
    """Of all databases."""

    sessions: tuple[Session, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    """What was tried on something that the app didn't make, or not at all."""
    rows: tuple[Row, ...] = ()
    """What each user was seen to be able to do, of all sessions."""


def measured(stage: Stage) -> Measured:
    """Try it all out. Leaves nothing behind but numbers that sequences gave out."""
    spec = stage.deployed.spec
    found = [_of(stage, spec, database) for database in spec.databases]
    notes = [note for part in found for note in part.notes]
    if (left := len(spec.users) - MOST) > 0:
        notes.append(f"what {left:,} more users can do: the first {MOST} of the spec tried everything")
    held = tuple(session for part in found for session in part.sessions)
    return Measured(held, tuple(line for part in found for line in part.lines), tuple(notes), tuple(rows(held)))


def _of(stage: Stage, spec: AccessSpec, database: Database) -> Measured:
    meaning, master = Meaning(spec, database.name), stage.deployed.database.master
    makers = {schema: owner or master for schema, owner in meaning.schemas.items()}
    named = frozenset(name for g in spec.grantees for grant in g.grants for name in grant.only)
    with stage.superuser(database.name) as superuser:
        there = catalog.things(superuser, meaning.schemas, named)
        with stand_ins.made(superuser, makers, there) as notes:
            things = [*above(meaning), *catalog.things(superuser, meaning.schemas, named)]
            version = superuser.info.server_version
            tried = [probe for thing in things for probe in probes(thing, version, meaning.key_columns)]
            held = [session for user in spec.users[:MOST] for session in sessions(stage.postgres, user, meaning, tried)]
            beside = _beside(superuser, meaning, master)
    expected = {user.username: lets_in(user, meaning) for user in spec.users[:MOST]}
    lines = [line for session in held for line in of_session(session, expected[session.user])]
    found = (*lines, *beside.of_database())
    return Measured(tuple(held), found, tuple(f"{database.name}: {note}" for note in (*notes, *beside.notes)))


def _beside(superuser: "Connection[Any]", meaning: Meaning, master: str) -> Beside:
    with guarded(superuser):
        rows = beyond(superuser, [*meaning.schemas], spec_roles(meaning.spec))
    return Beside(meaning, rows, frozenset({PLACE}), frozenset({master}))


def above(meaning: Meaning) -> Iterator[Thing]:
    """What schemas' contents are in."""
    yield Thing(Kind.DATABASE, "", meaning.database, "")
    for name, owner in meaning.schemas.items():
        yield Thing(Kind.SCHEMA, name, name, owner)


def of_session(session: Session, refusal: str) -> Iterator[Line]:
    """`refusal`: why it must not be let in; empty when it must."""
    group = f"user {session.user}"
    if not session.itself:
        yield _entered(session, refusal).of(group)
    for tried in session.tried:
        yield _line(session, tried).of(group)
    yield from (line.of(group) for line in session.beyond)


def _entered(session: Session, refusal: str) -> Line:
    what = f"{session.user} in database {session.database}"
    if session.refused:
        came = Attempt(session.by, session.refused)
    else:
        came = Attempt(Outcome.ALLOWED, f"{session.server} lets {session.user} in")
    return Line(what, session.by if refusal else Outcome.ALLOWED, refusal, came)


def _line(session: Session, tried: Tried) -> Line:
    expected = Outcome.ALLOWED if tried.given else session.by
    return Line(f"{session.shown}: {_shown(session, tried.probe)}", expected, "", _came(session, tried))


def _shown(session: Session, probe: Probe) -> str:
    return probe.shown if probe.thing.kind is Kind.DATABASE else f"{probe.shown} in database {session.database}"


def _came(session: Session, tried: Tried) -> Attempt:
    statement = tried.probe.text
    match tried.can:
        case True:
            return Attempt(Outcome.ALLOWED, f"{tried.probe.how}: {statement}")
        case False:
            return Attempt(session.by, f"{tried.answer.message} ({tried.answer.code})", statement)
        case None:
            return Attempt(Outcome.OTHER, f"{tried.answer.message} ({tried.answer.code})", statement)
