"""What the schedule that ends memberships does in a database, and how it is told. The master alone can take them: a
role of its own for that would need the right to give them, too, and the right to change the members' roles."""

import json
import os
from typing import Any, Final

from db_access.postgresql import temporary
from db_access.postgresql.reconcile import Connect, Timeouts
from db_access.spec import AccessSpec
from db_access.wording import one_line

_TIMEOUTS: Final = Timeouts(transient=20, lock=2)
"""Seconds; the next look is a minute away."""
_WORDS: Final = 600


def end(way: Connect, spec: AccessSpec, database: str) -> dict[str, Any]:
    """What has ended, and who had asked for it and why; also as a line of JSON in the log, when there is any. Raises
    ExpiredError for what could not be ended, when the rest has been."""
    try:
        ended = temporary.end_expired(way, spec, database, timeouts=_TIMEOUTS, master=os.environ["PGUSER"])
    except temporary.ExpiredError as error:
        _told(database, error.done)
        raise
    return _told(database, ended)


def _told(database: str, ended: list[temporary.Ended]) -> dict[str, Any]:
    found = {"database": database, "ended": len(ended), "grants": [*map(_values, ended)]}
    if ended:
        print(json.dumps(found), flush=True)
    return found


def _values(of: temporary.Ended) -> dict[str, str | None]:
    record = of.record
    said = {"user": of.member, "group": of.group, "until": record.until.isoformat() if record else None}
    return {**said, "by": _shown(record.by) if record else None, "reason": _shown(record.reason) if record else None}


def _shown(text: str) -> str:
    return one_line(text)[:_WORDS]
