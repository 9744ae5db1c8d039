"""The engine's next run, once the app's functions have made their tables: it gives rights on single ones, which no
default privilege can give beforehand."""

from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.lines.platform.families.family import Settled
from keyless.rehearsal.stage.running import Stage


def warnings(stage: Stage) -> tuple[str, ...]:
    """The engine's own, as a run prints them where nobody looks."""
    return tuple(f"the engine says: {said}" for said in of(stage).warnings())


def settled(stage: Stage) -> Settled:
    """Runs it where the spec has such rights. Lines, and notes on what was expected. Raises FunctionError."""
    if not any(grant.only or grant.key_columns for each in stage.deployed.spec.grantees for grant in each.grants):
        return (), ()
    return of(stage).settled()
