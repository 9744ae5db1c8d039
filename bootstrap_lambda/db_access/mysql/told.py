"""The family's reports in the form that every family's have: to be shown, counted and sent. Pure."""

from db_access.mysql.changes import Change, DiscardPassword, DropAccounts, Lock, Take, TakeRole
from db_access.mysql.report import Evidence, Report, Summary
from db_access.mysql.state import Server, Who
from db_access.mysql.statements import statements
from db_access.mysql.words import words
from db_access.plan.render.as_json import kind
from db_access.plan.report import ToldEvidence, ToldSummary
from db_access.plan.told import Told


def summary(found: Summary) -> ToldSummary:
    return ToldSummary(
        plan=_plan(found),
        pending=found.pending,
        warnings=found.warnings,
        left=found.left,
        database=found.database,
        digest=found.digest,
        kept=found.kept,
    )


def evidence(found: Evidence) -> ToldEvidence:
    return ToldEvidence(
        plan=_plan(found),
        pending=found.pending,
        warnings=found.warnings,
        left=found.left,
        database=found.database,
        violations=found.violations,
        conflicts=found.conflicts,
        lock_outs=found.lock_outs,
        outsiders=found.outsiders,
    )


def _plan(found: Report) -> tuple[Told, ...]:
    return tuple(told(change, found.server) for change in found.plan)


def told(change: Change, server: Server) -> Told:
    group, action, what = words(change)
    return Told(
        kind=kind(change),
        group=group,
        action=action,
        what=what,
        reason=change.reason,
        statement=";\n".join(statements(change, server)),
        losers=tuple(who.name for who in _losers(change)),
    )


def _losers(change: Change) -> tuple[Who, ...]:
    match change:
        case Lock() | DropAccounts() | DiscardPassword():
            return change.accounts
        case TakeRole():
            return change.members
        case Take():
            return (change.who,)
        case _:
            return ()
