"""What each function's user can do in the database, found out by the function's probe, beside what the spec gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db_access.spec import AccessSpec, User
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.rights.asked import Asked
from keyless.rehearsal.lines.rights.beside import Beside, spec_roles
from keyless.rehearsal.lines.rights.lines import of_session
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.measured import Session
from keyless.rehearsal.lines.rights.sessions import lets_in
from keyless.rehearsal.lines.rights.words import Row, rows
from keyless.verify.deployed import Deployed, Function
from keyless.verify.probes import ProbeError, Probes
from keyless.verify.questions import Address, nowhere, reached, right
from keyless_probe.rights.held import Held
from keyless_probe.rights.things import Kind


@dataclass(frozen=True)
class Rights:
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    """What is not measured."""
    unmeasured: tuple[str, ...]
    """The users of the spec as whom no function logs in."""


@dataclass(frozen=True)
class _Found:
    """Of one user in one database."""

    sessions: tuple[Session, ...]
    lines: tuple[Line, ...] = ()
    """Of the database itself: the same, whoever is asked."""
    notes: tuple[str, ...] = ()


def rights(deployed: Deployed, probes: Probes, spec: AccessSpec, address: Address = nowhere) -> Rights:
    """Of the users that functions log in as, in each database of the spec. Raises ProbeError."""
    known, notes = {user.username: user for user in spec.users}, []
    by_user = {function.login.user: function for function in reversed(deployed.functions)}
    held: list[Session] = []
    lines: list[Line] = []
    of_databases: dict[str, Line] = {}
    for name, function in sorted(by_user.items()):
        if name not in known:
            notes.append(f"what {name} can do: the spec has no such user, which {function.name} logs in as")
            continue
        for database in spec.databases:
            asking = _Asking(probes, function, address, known[name], Meaning(spec, database.name))
            try:
                found = asking.found(deployed.database.user)
            except ProbeError as error:
                failed = Attempt(Outcome.OTHER, str(error))
                lines.append(Line(f"{name} in database {database.name}", Outcome.ALLOWED, "", failed, f"user {name}"))
                continue
            held += found.sessions
            refusal = lets_in(known[name], asking.meaning)
            lines += [line for session in found.sessions for line in of_session(session, refusal)]
            of_databases |= {line.what: line for line in found.lines}
            notes += found.notes
    unmeasured = tuple(name for name in known if name not in by_user)
    notes += [f"what {name} can do: no function logs in as it" for name in unmeasured]
    return Rights((*lines, *of_databases.values()), tuple(rows(held)), tuple(dict.fromkeys(notes)), unmeasured)


class _Asking:
    """One user in one database."""

    def __init__(self, probes: Probes, function: Function, address: Address, user: User, meaning: Meaning) -> None:
        self._probes, self._function, self._user, self.meaning = probes, function, user, meaning
        login = replace(function.login, database=meaning.database)
        asked = replace(right(login), id=f"{user.username} in {meaning.database}", look=True)
        schemas, keys, roles = (
            tuple(meaning.schemas),
            tuple(sorted(meaning.key_columns)),
            tuple(spec_roles(meaning.spec)),
        )
        self._question = reached(replace(asked, schemas=schemas, keys=keys, roles=roles), address)

    def found(self, master: str) -> _Found:
        """As what the user's sessions start as, and as itself where that is another."""
        acting, name = self.meaning.acts_as(self._user), self._user.username
        held, facts = self._held(itself=False)
        if refused := facts.get("refused"):
            return _Found((Session(name, self.meaning.database, name, refused=refused),))
        beside = Beside(self.meaning, facts["beyond"], managing=frozenset({master}))
        asked = Asked(self.meaning, acting, held, self.meaning.key_columns, facts["version"])
        sessions = [self._session(asked, (*beside.of_user(self._user),))]
        if acting != name:
            own, facts = self._held(itself=True)
            if refused := facts.get("refused"):
                raise ProbeError(f"the probe of {self._function.name} logged in, and then not: {refused}")
            sessions.append(self._session(replace(asked, role=name, held=own), itself=True))
        return _Found(tuple(sessions), (*beside.of_database(),), (*beside.notes, *self._missing(asked)))

    def _session(self, asked: Asked, beyond: tuple[Line, ...] = (), *, itself: bool = False) -> Session:
        name, database = self._user.username, self.meaning.database
        return Session(name, database, asked.role, (*asked.tried(),), itself=itself, beyond=beyond)

    def _held(self, *, itself: bool) -> tuple[Sequence[Held], Mapping[str, Any]]:
        """With the facts of the first answer; or with why it was `refused`."""
        held: list[Held] = []
        answers: list[Mapping[str, Any]] = []
        while not answers or answers[-1]["more"]:
            (answer,) = self._probes.ask(self._function, [replace(self._question, itself=itself, start=len(held))])
            if not answer["connected"] or answer["message"]:
                return [], {"refused": str(answer["message"]).rsplit("FATAL:", 1)[-1].strip()}
            answers.append(answer["facts"])
            held += [Held.parse(raw) for raw in answer["facts"]["things"]]
        return held, answers[0]

    def _missing(self, asked: Asked) -> Iterator[str]:
        there = {(one.thing.schema, one.thing.kind) for one in asked.held}
        for schema in self.meaning.schemas:
            for kind in (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION):
                if (schema, kind) not in there:
                    yield f"rights on {kind.plural} in schema {schema} of {self.meaning.database}: it has none"
        if asked.extensions:
            yield f"rights on {asked.extensions} things that extensions made in {self.meaning.database}"
