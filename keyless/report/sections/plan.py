"""What a sync would change: what is lost by it first."""

from collections.abc import Iterable, Sequence
from typing import Final

from db_access.plan.changes import Change, Plan, lasting
from db_access.plan.losses import losers, taken
from db_access.plan.privileges import PUBLIC
from db_access.plan.render import counted, line
from db_access.plan.render.lines import SIGNS
from db_access.wording import quoted
from keyless.report.contents import Contents, Database
from keyless.report.markup import Markup, element, joined, listed, name, table
from keyless.report.sections.section import Section, verdict

_MOST: Final = 500
"""Changes of a database that are shown; `keyless sync --dry-run --json` has them all."""
_PENDING: Final = 50


def section(of: Contents) -> Section:
    command = element("code", "keyless sync")
    about = element("p", "What ", command, " would do now. Nothing of it has been done.", class_="about")
    return Section("plan", "What a sync would change", joined((about, *map(_database, of.databases))))


def _database(database: Database) -> Markup:
    plan = lasting(database.proof.plan)
    title = element("h3", "Database ", name(database.name))
    if database.proof.conflicts:
        return joined((title, element("p", verdict(None, "no plan: a sync would be refused, as the proof says"))))
    said = element("p", verdict(not plan, counted(plan)))
    return joined((title, said, *_lost(database, plan), *_rest(database, plan), *_pending(database.proof.pending)))


def _lost(database: Database, plan: Plan) -> Iterable[Markup]:
    lost = taken(plan)
    if lost:
        by = dict.fromkeys(loser for change in lost for loser in losers(change))
        yield element("p", "Loses something: ", joined(("PUBLIC" if one == PUBLIC else name(one) for one in by), ", "))
        yield from _changes(f"Taken away in database {quoted(database.name)}", lost)


def _rest(database: Database, plan: Plan) -> Iterable[Markup]:
    lost = set(taken(plan))
    others = [change for change in plan if change not in lost]
    yield from _changes(f"Added and changed in database {quoted(database.name)}", others)


def _changes(caption: str, changes: Sequence[Change]) -> Iterable[Markup]:
    if changes:
        rows = map(_row, changes[:_MOST])
        yield table(f"{caption} ({len(changes):,})", ("change", "what", "about", "why"), rows, class_="plan")
    if len(changes) > _MOST:
        every = element("code", "keyless sync --dry-run --json")
        yield element("p", f"and {len(changes) - _MOST:,} more; all are in ", every)


def _row(change: Change) -> tuple[str, ...]:
    entry = line(change)
    sign = element("span", SIGNS[entry.action], " ", entry.action, class_=f"action {entry.action.name.lower()}")
    return sign, entry.what, entry.group, entry.reason


def _pending(sentences: Iterable[str]) -> Iterable[Markup]:
    found = list(sentences)
    if found:
        yield element("p", "Waits for something that the spec names and nobody has made yet:")
        yield listed(found, _PENDING)
