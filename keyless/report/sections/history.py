"""What the drift watch found over time; looks that found the same, one after the other, are one row."""

from keyless.report.contents import Contents
from keyless.report.markup import Markup, element, joined, name, table
from keyless.report.read.history import Look, Period, periods
from keyless.report.sections.section import Section, counted, verdict

_MOST, _LETTERS = 300, 600


def section(of: Contents) -> Section:
    looks, source = of.history.looks, of.history.source
    if not looks:
        return Section("history", "Drift over time", element("p", verdict(None, source)))
    found = periods(looks)
    head = element("p", f"{counted(len(looks), 'look')} of the drift watch, the latest first. {source}", class_="about")
    shown = table("What the drift watch found", ("when", "database", "found", "looks"), map(_row, found[:_MOST]))
    left = len(found) - _MOST
    more = element("p", f"and {left:,} earlier ones") if left > 0 else ""
    return Section("history", "Drift over time", joined((head, shown, more)))


def _row(period: Period) -> tuple[str, ...]:
    first, last = (look.at or "not said" for look in (period.first, period.last))
    when = first if first == last else f"{first} to {last}"
    return when, name(period.last.database), _found(period.last), f"{period.looks:,}"


def _found(look: Look) -> Markup:
    if look.drift is None:
        return verdict(None, look.summary[:_LETTERS] or "a deploy was at work")
    if not look.drift:
        return verdict(True, "no drift")
    summary = f": {look.summary[:_LETTERS]}" if look.summary else ""
    return verdict(False, f"{counted(look.drift, 'difference')}{summary}")
