"""Who can do what. Each line is measured on what is deployed now."""

from collections.abc import Iterator
from dataclasses import dataclass

from db_access.spec.deployed import digest
from keyless.rehearsal.lines.logins.lines import logins
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.own.lines import own_lines
from keyless.rehearsal.lines.own.uncalled import notes as uncalled
from keyless.rehearsal.lines.own.uncalled import starts
from keyless.rehearsal.lines.platform.rotation import rotation
from keyless.rehearsal.lines.platform.settled import settled, warnings
from keyless.rehearsal.lines.platform.tokens import bad_logins
from keyless.rehearsal.lines.rights import by_group
from keyless.rehearsal.lines.rights.by_family import measured
from keyless.rehearsal.lines.rights.words import Row
from keyless.rehearsal.lines.workloads import lines as workloads
from keyless.rehearsal.stage.pinned import Pinned
from keyless.rehearsal.stage.running import Stage


@dataclass(frozen=True)
class Table:
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    """What each user was seen to be able to do."""
    notes: tuple[str, ...]
    pins: tuple[Pinned, ...] = ()
    """What would have pinned sessions at the proxy."""
    spec: str = ""
    """The digest of the access spec that was deployed."""


def who_can_do_what(stage: Stage, *, first: bool = False) -> Table:
    """What can be measured again and again: it leaves behind what the app's functions do, and nothing else.

    Args:
        first: the tables are there only when the functions have been called, and rights on single ones, which no
            default privilege can give, only when the engine has run after that: it is run then.
    """
    stage.end_sessions()
    own = (*own_lines(stage), *starts(stage), *workloads.of_workloads(stage))
    engine, settling = settled(stage) if first else ((), ())
    rights = measured(stage)
    others = tuple(_others(stage))
    about = (*uncalled(stage), *workloads.notes(stage), *by_group.notes(stage.deployed.spec))
    return Table(
        (*own, *engine, *others, *rights.lines),
        rights.rows,
        (*settling, *about, *rights.notes, *warnings(stage)),
        spec=digest(stage.deployed.spec.as_properties()),
    )


def _others(stage: Stage) -> Iterator[Line]:
    yield from logins(stage)
    yield from bad_logins(stage)
    yield from rotation(stage)
