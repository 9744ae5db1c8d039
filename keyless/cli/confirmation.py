"""Before a sync takes anything away: show what, and ask the person at the terminal. Changes nothing."""

import sys
from collections.abc import Mapping, Sequence

from db_access.plan import render
from db_access.plan.changes import Change, DropRole, Plan
from db_access.plan.losses import taken
from db_access.plan.report import Summary
from db_access.plan.told import Told
from keyless.asking import answer, attended

_QUESTION = "Take this away? [y/N] "
_REFUSED = "keyless: nothing was changed, because it would take something away"
_UNATTENDED = (
    f"{_REFUSED} and there is no terminal to ask on; allowed: --yes, which takes it away without asking, or --dry-run, "
    "which shows every change"
)


def agreed(shown: Mapping[str, Sequence[Change | Told]]) -> bool:
    """Whether all of it may be taken away; what nobody loses anything by needs no answer."""
    if not any(shown.values()):
        return True
    sys.stderr.write(f"keyless: {render.as_losses(shown)}")
    if not attended():
        print(_UNATTENDED, file=sys.stderr)
        return False
    if said_yes(_QUESTION):
        return True
    print(f"{_REFUSED} and the answer was not yes", file=sys.stderr)
    return False


def to_show(planned: Mapping[str, Summary]) -> dict[str, Plan]:
    """What each database's plan takes away. What a run drops later, when the other databases' runs have cleared the
    way, is among it."""
    found = {database: taken(summary.plan) for database, summary in planned.items()}
    if not any(found.values()):
        return found
    later = {drop for summary in planned.values() for drop in _drops(summary)} - {c for p in found.values() for c in p}
    last = next(reversed(found))
    return {**found, last: (*found[last], *sorted(later, key=lambda drop: drop.role))}


def confirmed(summary: Summary) -> frozenset[Change]:
    """What a run in that database may take away once it was shown."""
    return frozenset((*summary.plan, *_drops(summary)))


def _drops(summary: Summary) -> list[DropRole]:
    return [DropRole(name, reason="retired, as soon as nothing is in the way") for name in summary.kept]


def said_yes(question: str) -> bool:
    """Anything but `y` or `yes` is a no."""
    try:
        found = answer(question)
    except KeyboardInterrupt:
        found = ""
    if not found.endswith("\n"):
        print(file=sys.stderr)
    return found.strip().lower() in ("y", "yes")
