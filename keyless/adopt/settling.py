"""Which roles a spec can declare so that the engine would change nothing. Writes nothing.

The engine itself is asked: whatever its plan would do names roles, and these are left out, until there is no plan.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

from psycopg import Connection

from db_access.errors import PlanError, SpecError
from db_access.plan import render
from db_access.plan.changes import DescribeRole, lasting
from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from db_access.postgresql.snapshot import Snapshot
from db_access.postgresql.state import Current
from db_access.postgresql.target import Target
from db_access.spec import AccessSpec
from keyless.adopt.acknowledged import with_acknowledged
from keyless.adopt.concerned import belonging, concerned, named_in, within
from keyless.adopt.draft import Document, Draft, Problem
from keyless.adopt.inventory import Inventory

_UNMARKED: Final = "the comment marks who manages the role"


@dataclass
class Left:
    """Roles that the spec doesn't declare, and why."""

    reasons: dict[str, list[str]] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)
    """Schemas that it doesn't declare though it could, and why."""

    def add(self, names: Set[str], reason: str) -> None:
        for name in names:
            self.reasons.setdefault(name, []).append(reason)


@dataclass(frozen=True)
class Adopted:
    document: Document
    left: dict[str, list[str]]
    schemas: dict[str, str]
    """Those that it doesn't declare, and why."""
    marks: tuple[DescribeRole, ...]
    """What is missing for the roles that it declares to be its own."""
    outsiders: tuple[str, ...] = ()
    """What a proof would find of roles whose names no spec can have."""

    @property
    def spec(self) -> AccessSpec:
        return AccessSpec.parse(self.document)


def settle(connection: Connection[Any], inventory: Inventory, manager: str) -> Adopted:
    """A spec of `manager` for the database, as whose master `connection` is made.

    Args:
        connection: within a transaction that may be read-only.

    Raises:
        SpecError: when a spec can't even name the database or who manages its roles.
        PlanError: when a role is managed by `manager` already and the spec can't declare it.
    """
    left = Left({name: [why] for name, role in inventory.roles.items() if (why := role.refused(manager))})
    _refuse_our_own(inventory, manager, left)
    while True:
        draft = Draft(inventory, manager, inventory.roles.keys() - left.reasons.keys(), left.schemas.keys())
        document, problems = _tried(connection, draft)
        if not problems:
            found = _adopted(draft, document, left)
            return replace(found, outsiders=_outsiders(connection, draft, found))
        if not (draft.included or draft.kept):
            raise SpecError([reason for reason, _ in problems])
        for reason, names in problems:
            _leave(left, draft, reason, names)
        _refuse_our_own(inventory, manager, left)


def _named(problem: str, draft: Draft) -> Set[str]:
    """The roles that it names; if none, the schemas that keep their owners."""
    return named_in(problem, draft.included) or named_in(problem, draft.kept.keys())


def _leave(left: Left, draft: Draft, reason: str, names: Set[str]) -> None:
    """The roles that it is about; if none, the schemas whose owners the spec doesn't name; if none, all roles."""
    if roles := names & draft.included:
        left.add(roles, reason)
    elif draft.kept:
        left.schemas |= dict.fromkeys(names & draft.kept.keys() or draft.kept, reason)
    else:
        left.add(draft.included, reason)


def _refuse_our_own(inventory: Inventory, manager: str, left: Left) -> None:
    """What is marked as the spec's and not declared is retired by the next sync."""
    ours = {name: why[0] for name, why in left.reasons.items() if inventory.roles[name].managed_by == manager}
    if ours:
        what = f"is managed by {manager!r} already, and no spec can say what it has"
        allowed = "allowed: another name (--managed-by)"
        sentences = [f"role {name!r} {what}: {why}; {allowed}" for name, why in sorted(ours.items())]
        raise PlanError(inventory.database, sentences)


def _tried(connection: Connection[Any], draft: Draft) -> tuple[Document, list[Problem]]:
    """The document, and what stands against it, with the roles that it is about."""
    document = draft.bare()
    try:
        current = _read(connection, _target(draft, AccessSpec.parse(document)))
        if problems := [*draft.unknown_groups(current), *draft.unwritten_settings(current)]:
            return document, problems
        document = draft.whole(current)
        target = _target(draft, AccessSpec.parse(document))
        return document, [*_against(connection, target, draft)]
    except SpecError as error:
        return document, [(problem, belonging(problem, draft.included)) for problem in error.problems]
    except PlanError as error:
        return document, [(problem, _named(problem, draft)) for problem in error.problems]


def _target(draft: Draft, spec: AccessSpec) -> Target:
    here = draft.inventory
    return Target.converging(spec, here.database, master=here.master, iam_logins=frozenset(), password_versions={})


def _read(connection: Connection[Any], target: Target) -> Current:
    with connection.pipeline():
        asked = Snapshot(connection, target).ask()
    return asked.read()


def _marked(current: Current, draft: Draft) -> Current:
    """As it is once every role says who manages it."""
    ours = {name: role for name, role in current.roles.items() if name in draft.included}
    named = {
        name: replace(role, managed_by=draft.manager, description=draft.inventory.roles[name].description)
        for name, role in ours.items()
    }
    return replace(current, roles={**current.roles, **named})


def _against(connection: Connection[Any], target: Target, draft: Draft) -> list[Problem]:
    """What a run would change or leave to others; where that is nothing, what its proof would find."""
    current = _marked(_read(connection, target), draft)
    if planned := [*_planned(target, current, draft)]:
        return planned
    with connection.pipeline():
        violations = proof.ask(connection, target.settled(current))
    found = proof.sentences(connection, violations.read())
    return [(sentence, _named(sentence, draft)) for sentence in found]


def _planned(target: Target, current: Current, draft: Draft) -> Iterator[Problem]:
    planned = target.plan(current)
    for change in (*lasting(planned.changes), *(each.change for each in planned.out_of_reach)):
        line = render.line(change)
        about = concerned(change, draft.included) or within(change, draft.kept.keys())
        yield f"a sync would {line.action} {line.what} ({line.reason})", about
    for sentence in target.rulers(current):
        yield sentence, _named(sentence, draft)
    for name in current.limits.roles & draft.included:
        yield f"{draft.inventory.master!r} may not write its comment", {name}


def _outsiders(connection: Connection[Any], draft: Draft, found: Adopted) -> tuple[str, ...]:
    target = _target(draft, AccessSpec.parse(with_acknowledged(found.document, found.left)))
    return target.outsiders(_marked(_read(connection, target), draft)).told


def _adopted(draft: Draft, document: Document, left: Left) -> Adopted:
    found = draft.inventory.roles
    reasons = {name: [*dict.fromkeys(why)] for name, why in sorted(left.reasons.items())}
    state = desired(AccessSpec.parse(document), draft.inventory.database, master=draft.inventory.master)
    marks = (
        DescribeRole(state.roles[name], reason=_UNMARKED)
        for name in sorted(draft.included)
        if found[name].managed_by != draft.manager
    )
    schemas = dict(draft.inventory.undeclarable(draft.declared, left.schemas))
    return Adopted(document, reasons, schemas, tuple(marks))
