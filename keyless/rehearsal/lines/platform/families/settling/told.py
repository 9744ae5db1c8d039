"""What the engine's run after the migration changes, as lines and notes. Pure."""

from collections.abc import Iterator
from typing import Final

from db_access.plan.changes import Change
from db_access.plan.render.lines import line
from db_access.plan.told import Told
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome

_WHAT: Final = "the engine's run after the migration"


def wrong(found: list[tuple[str, Change | Told]]) -> Iterator[Line]:
    """A line for each change that the spec doesn't ask for, with where it is to be made."""
    if not found:
        nothing = Attempt(Outcome.UNCHANGED, "nothing but rights on single objects that the spec names")
        yield Line(_WHAT, Outcome.UNCHANGED, "", nothing)
    for where, change in found:
        entry = line(change)
        told = f"{entry.action} {entry.what} ({entry.reason}): what a migration or function did, not the spec"
        yield Line(f"{_WHAT}, {where}", Outcome.UNCHANGED, "", Attempt(Outcome.CHANGED, told))


def expected(count: int) -> Iterator[str]:
    if count:
        yield (
            f"{count} rights on single objects (`only`, `key_columns`) came with another run of the engine, after the "
            "functions had made their tables: they take a deploy after the migration"
        )
