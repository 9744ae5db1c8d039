"""One run on a server: current -> plan -> take -> build -> prove -> move -> prove -> unlock.

Ten round trips, whatever the size, and some more where sessions are to end. Nothing rolls back, so after each statement
nobody has more than the spec before or this one gives, and a run that ends anywhere is gone on with by the next.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from db_access.errors import PlanError, ProofError, UnconfirmedError, add_sentence
from db_access.mysql import holding, proof, sessions
from db_access.mysql.apply import Applying, Unopened
from db_access.mysql.changes import Change, DropAccounts, Lock, Plan, Stage
from db_access.mysql.look import Look
from db_access.mysql.planning import Managed, Planned, ending, locked_out, losers, restless, shut_out
from db_access.mysql.report import Summary
from db_access.mysql.state import State
from db_access.mysql.words import words
from db_access.plan.action import Action
from db_access.secrets import Secret
from db_access.wording import cited, listed

_LOG = logging.getLogger(__name__)
_ROUNDS: Final = 10


@dataclass(frozen=True)
class Run(Look):
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    confirmed: Collection[Change] | None = None
    """What may be taken away; None: whatever is not to be."""
    before: list[Managed] = field(default_factory=list)
    """What this or a former attempt found before it changed anything."""

    passed: list[Unopened] = field(default_factory=list)

    def read(self) -> State:
        """Without columns that nobody can be given, and what is made meanwhile: what an owner breaks or makes stops
        nobody's run."""
        state, shut = super().read(), {(each.on.schema, each.on.name) for each in self.passed}
        first = self.before[0].state if self.before else state
        columns = frozenset(each for each in state.columns & first.columns if each[:2] not in shut)
        return replace(state, tables=state.tables & first.tables, columns=columns)

    def run(self) -> Summary:
        """The whole way.

        Raises:
            AccessError: one of its subclasses. Who is new is locked then; what was there, whoever calls this puts back.
        """
        state = self.read()
        planned = self.target.planned(state, *self.before)
        self._refuse_unconfirmed(planned.changes)
        self._refuse(planned, state)
        if not self.before:
            self.before.append(planned.managed)
        _LOG.info("%d changes", len(planned.changes))
        told = [
            *self._narrowed(planned.changes, planned.managed),
            *self._moved(planned.changes, state),
            *self._opened(),
        ]
        told += sessions.end(self.session, locked_out(planned.changes), logging_in=False)
        found = self.summary(planned, state)
        pending = dict.fromkeys((*found.pending, *map(str, self.passed)))
        return Summary(**{**found.__dict__, "pending": tuple(pending), "warnings": (*found.warnings, *told)})

    def _refuse(self, planned: Planned, state: State) -> None:
        """Whatever stands in the way of the rest, logins that are to end do."""
        try:
            self.target.refuse(planned, state)
        except PlanError as error:
            locks = ending(planned.managed)
            Applying(self.session, state.server).carry_out(locks)
            going_on = sessions.end(self.session, {*locked_out(locks), *shut_out(planned.managed)})
            if locks:
                names = sorted(locked_out(locks))
                add_sentence(error, " ".join([f"The logins of {listed([*map(cited, names)])} have ended", *going_on]))
            raise

    def _refuse_unconfirmed(self, plan: Plan) -> None:
        if self.confirmed is None:
            return
        shown = [words(change) for change in plan if change not in self.confirmed]
        if unseen := [what for _, action, what in shown if action is Action.TAKE_AWAY]:
            raise UnconfirmedError(self.target.database, unseen)

    def _narrowed(self, plan: Plan, managed: Managed) -> tuple[str, ...]:
        """Up to here nobody gets anything. Sessions that had more end."""
        self._carry_out(plan, managed.state, Stage.SHUT, Stage.MAKE, Stage.NARROW)
        ended = {*losers(plan, managed.state, Stage.NARROW), *shut_out(managed), *_unread(plan)}
        return sessions.end(self.session, ended)

    def _moved(self, plan: Plan, state: State) -> tuple[str, ...]:
        self._carry_out(plan, state, Stage.BUILD)
        moving = any(change.stage is Stage.MOVE for change in plan)
        if moving:
            built = self.read()
            managed = Managed(built, self.target.desired(built))
            self._refuse_unproven([*proof.ask(self.reader, managed).before_moving()])
        self._carry_out(plan, state, Stage.MOVE)
        return sessions.end(self.session, losers(plan, state, Stage.MOVE)) if moving else ()

    def _opened(self) -> tuple[str, ...]:
        """Once nothing else is left to do, and the server says that all is as it shall be."""
        told = list[str]()
        undone: Plan = ()
        for _ in range(_ROUNDS):
            after = self.read()
            planned = self.target.planned(after, *self.before)
            if not (undone := _undone(planned)):
                self._refuse_unproven([*proof.ask(self.reader, planned.managed).violations()])
                self._carry_out(planned.changes, after, Stage.CLEAN, Stage.OPEN)
                return tuple(dict.fromkeys(told))
            told += self._again(undone, planned, after)
        raise ProofError(self.target.database, [f"the server did not carry out: {words(each)[2]}" for each in undone])

    def _again(self, undone: Plan, planned: Planned, state: State) -> Iterator[str]:
        """Who has changed its own account meanwhile is shut out until all is proven: nobody keeps anything by that, nor
        keeps others from anything."""
        self._refuse_unconfirmed(undone)
        if changed := restless(undone, planned.managed):
            open_ = tuple(who for who in changed if not state.accounts[who].locked)
            reason = "it changes its own account while the run is on"
            self._carry_out((Lock(open_, reason=reason, stage=Stage.SHUT),) if open_ else (), state, Stage.SHUT)
            yield from sessions.end(self.session, {who.name for who in changed})
            yield (
                "accounts that changed while the run was on, and were locked, and their sessions ended, until all was "
                f"proven: {listed([cited(who.name) for who in changed])}"
            )
        yield from self._narrowed(undone, planned.managed)
        yield from self._moved(undone, state)

    def _refuse_unproven(self, found: list[str]) -> None:
        if found:
            raise ProofError(self.target.database, found)

    def _carry_out(self, plan: Plan, state: State, *stages: Stage) -> None:
        chosen = tuple(change for change in plan if change.stage in stages)
        if chosen:
            free = partial(holding.freed, self.session, self.before[0], self.target.database)
            self.passed.extend(Applying(self.session, state.server, self.secrets, free).carry_out(chosen))


def _undone(planned: Planned) -> Plan:
    return tuple(change for change in planned.changes if change.stage < Stage.CLEAN)


def _unread(plan: Plan) -> set[str]:
    """Accounts that the server has left out of what it knows, and that are made anew."""
    drops = (change for change in plan if isinstance(change, DropAccounts) and change.stage is Stage.SHUT)
    return {who.name for change in drops for who in change.accounts}
