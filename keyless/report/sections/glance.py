"""The answers in one place, each with a link to what it rests on."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from db_access.plan.changes import lasting
from db_access.plan.losses import taken
from keyless.report.contents import Contents
from keyless.report.markup import Markup, element
from keyless.report.read import history
from keyless.report.read.evidence import Evidence
from keyless.report.sections.section import Section, counted, verdict

_DATE: Final = len("2026-11-30")
_RECENT: Final = timedelta(hours=25)


def section(of: Contents) -> Section:
    cards = (_card(*card) for card in (_proof(of), _plan(of), _outsiders(of), _tried(of), _drift(of)))
    return Section("glance", "At a glance", element("ul", *cards, class_="cards"))


_Card = tuple[str, str, bool | None, str]


def _card(section: str, title: str, holds: bool | None, words: str) -> Markup:
    return element("li", element("a", title, href=f"#{section}"), element("span", verdict(holds, words)))


def _proof(of: Contents) -> _Card:
    wrong = [database for database in of.databases if not database.proof.holds]
    if wrong or of.failed:
        differs = [f"{counted(len(wrong), 'database')} not as the spec says"] if wrong else []
        failed = [f"{counted(len(of.failed), 'database')} not looked at"] if of.failed else []
        return "proof", "Proof", False if wrong else None, ", ".join([*differs, *failed])
    return "proof", "Proof", True, f"{counted(len(of.databases), 'database')} as the spec says"


def _plan(of: Contents) -> _Card:
    plans = [database.proof.plan for database in of.databases]
    changes, lost = (sum(map(len, each)) for each in (map(lasting, plans), map(taken, plans)))
    if any(database.proof.conflicts for database in of.databases):
        return "plan", "Plan", None, "a sync would be refused"
    if changes:
        return "plan", "Plan", False, f"{counted(changes, 'change')}, of which {lost:,} take away"
    return "plan", "Plan", _known(of), f"nothing to do{_where(of)}" if of.databases else "not known"


def _outsiders(of: Contents) -> _Card:
    found = _several(database.proof.outsiders for database in of.databases)
    words = f"{found:,} with rights" if found else f"none with rights{_where(of)}" if of.databases else "not known"
    return "proof", "Outsiders", False if found else _known(of), words


def _known(of: Contents) -> bool | None:
    """Of what no database has that was looked at."""
    return True if of.databases and not of.failed else None


def _where(of: Contents) -> str:
    return " where it was looked" if of.failed else ""


def _several(sentences: Iterable[tuple[str, ...]]) -> int:
    return sum(map(len, sentences))


def _tried(of: Contents) -> _Card:
    lines = sum(len(found.lines) for found in of.evidence)
    wrong = sum(len(found.wrong) for found in of.evidence)
    if not of.evidence:
        return "evidence", "Tried", None, "no evidence given"
    without = [*_without(of)]
    words = ", ".join([f"{lines - wrong:,} of {counted(lines, 'line')} as expected", *without, *_made(of.evidence)])
    return "evidence", "Tried", False if wrong else None if without else True, words


def _without(of: Contents) -> Iterator[str]:
    """What keeps the evidence from speaking for what the page is about."""
    if foreign := sum(bool(found.elsewhere(of.spec_digest, of.templates)) for found in of.evidence):
        yield f"{counted(foreign, 'file')} about something else than this"
    if unsaid := sum(not found.spec for found in of.evidence):
        yield f"{counted(unsaid, 'file')} that may be about something else than this"
    if undated := sum(not found.when for found in of.evidence):
        yield f"{counted(undated, 'file')} of no known date"


def _made(evidence: Iterable[Evidence]) -> Iterator[str]:
    if dates := sorted({found.when[:_DATE] for found in evidence if found.when}):
        yield f"made {dates[0]}" if len(dates) == 1 else f"made {dates[0]} to {dates[-1]}"


def _drift(of: Contents) -> _Card:
    if not of.history.looks:
        return "history", "Drift watch", None, "no history"
    last = {look.database: look for look in of.history.looks}
    drift = sum(look.drift or 0 for look in last.values())
    here = [last[database.name] for database in of.databases if database.name in last]
    unseen = len(of.databases) - len(here)
    said = [
        f"{counted(drift, 'difference')} at the last look" if drift else "no drift at the last look",
        *([min(look.at for look in here) or "at no known time"] if here else []),
        *([f"no look at {counted(unseen, 'database')}"] if unseen else []),
    ]
    known = not unseen and all(look.drift is not None and _recent(look.at, of.made) for look in here)
    return "history", "Drift watch", False if drift else True if known else None, ", ".join(said)


def _recent(at: str, made: datetime) -> bool:
    """The watch looks once a day at least."""
    return bool(at) and made - history.moment(at) <= _RECENT
