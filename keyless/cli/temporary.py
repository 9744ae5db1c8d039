"""`keyless grant` and `keyless grants`: memberships for a while, given, ended early and listed."""

import getpass
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from db_access.postgresql import temporary
from db_access.postgresql.reconcile import Timeouts
from db_access.postgresql.temporary import Asked, Holding, TemporaryError
from db_access.spec import AccessSpec
from db_access.wording import json_text, one_line, quoted
from keyless.cli import output
from keyless.cli.connection import connect, tell
from keyless.cli.databases import chosen
from keyless.cli.environment.current import current
from keyless.cli.options import OfSpec
from keyless.cli.progress import still_at_work
from keyless.cli.status import DONE
from keyless.markdown import code

_TIMEOUTS: Final = Timeouts()
_HEAD: Final = ("user", "group", "until (UTC)", "left", "by", "why")


def grant(of: OfSpec, user: str, group: str, length: timedelta, *, by: str | None, reason: str) -> int:
    """Says until when on stdout. What the spec refuses is refused before anything connects."""
    spec, databases = chosen(of)
    database, *others = databases
    asked = Asked(user, group, length, by or _myself(), reason)
    asked.check(spec)
    with still_at_work(f"database {database}", tell):
        given = temporary.give(
            partial(connect, database),
            spec,
            database,
            asked,
            timeouts=_TIMEOUTS,
            others={name: partial(connect, name) for name in others},
        )
    record = given.record
    had = "" if given.new else f", as {record.by} gave it already"
    _say(f"{quoted(user)} is in {quoted(group)} until {record.until:%Y-%m-%d %H:%M:%S} UTC{had}", made=given.new)
    return DONE


def end(of: OfSpec, user: str, group: str) -> int:
    spec, database = _place(of)
    with still_at_work(f"database {database}", tell):
        ended = temporary.end(partial(connect, database), spec, database, user, group, timeouts=_TIMEOUTS)
    if ended:
        _say(f"{quoted(user)} is in {quoted(group)} no more, and its open sessions are ended", made=True)
    else:
        _say(f"{quoted(user)} was not in {quoted(group)}; nothing was changed", made=False)
    return DONE


def grants(of: OfSpec, form: str, *, end_first: bool) -> int:
    spec, database = _place(of)
    if end_first:
        _end_expired(spec, database)
    found = temporary.listed(partial(connect, database), spec, database, timeouts=_TIMEOUTS)
    sys.stdout.write(_SHOWN[form](found))
    return DONE


def _end_expired(spec: AccessSpec, database: str) -> None:
    with still_at_work(f"database {database}", tell):
        for each in temporary.end_expired(partial(connect, database), spec, database, timeouts=_TIMEOUTS):
            tell(one_line(f"{quoted(each.member)} is in {quoted(each.group)} no more: it was over"))


def _place(of: OfSpec) -> tuple[AccessSpec, str]:
    """Memberships are the cluster's: any database of the spec is a way to them."""
    spec, databases = chosen(of)
    return spec, databases[0]


def _myself() -> str:
    """Whose credentials are used in a deployed environment, and elsewhere who is logged in to this machine."""
    if current.get() is not None:
        from keyless.cli.environment.stacks import caller

        return caller()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise TemporaryError(
            ["nobody is said to ask for it, and this machine doesn't know; allowed: --by NAME"]
        ) from None


def _say(text: str, *, made: bool) -> None:
    if made:
        output.changed(one_line(text))
    sys.stdout.write(f"{one_line(text)}\n")


def _row(of: Holding) -> tuple[str, ...]:
    record = of.record
    until = f"{record.until:%Y-%m-%d %H:%M:%S}" if record else "not recorded"
    left = _length(of.seconds_left) if of.open else "over, and to be ended"
    by, why = (record.by, record.reason) if record else ("", "")
    return tuple(map(one_line, (of.member, of.group, until, left, by, why)))


def _length(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _text(found: Sequence[Holding]) -> str:
    if not found:
        return "nothing is given for a while\n"
    rows = [_HEAD, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _markdown(found: Sequence[Holding]) -> str:
    rows = ("| " + " | ".join(_cell(cell) for cell in _row(each)) + " |" for each in found)
    return "\n".join([f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|", *rows, ""])


def _cell(text: str) -> str:
    return code(text.replace("|", "\\|")) if text else ""


def _json(found: Sequence[Holding]) -> str:
    return json_text({"grants": [*map(_values, found)]}) + "\n"


def _values(of: Holding) -> dict[str, Any]:
    record = of.record
    return {
        "user": of.member,
        "group": of.group,
        "open": of.open,
        "until": record.until.isoformat() if record else None,
        "seconds_left": of.seconds_left,
        "by": record.by if record else None,
        "reason": record.reason if record else None,
    }


_SHOWN: Final = {"text": _text, "markdown": _markdown, "json": _json}
