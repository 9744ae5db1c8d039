"""How a user's sessions start and how long it may open some, beside what the spec says. Pure.

A setting is named, and not shown: what somebody has set by hand may be a secret.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any, Final

from db_access.plan.roles import UNLIMITED
from db_access.postgresql.catalog.settings import stored
from db_access.spec import Access, User
from db_access.spec.model.settings import Settings, settings
from keyless.rehearsal.lines.rights.meaning import Meaning

_STAMP: Final = "%Y-%m-%dT%H:%M:%S.%f"


def beyond(
    meaning: Meaning, user: User, rows: Sequence[Sequence[Any]], limits: Sequence[Sequence[Any]]
) -> Iterator[str]:
    """What isn't as the spec says: settings everywhere, settings in this database, attributes that limit."""
    acts_as = meaning.acts_as(user)
    here = settings({"role": (acts_as,)} if meaning.owner_of(user) else {})
    yield from _differing(stored(_of("user", rows)), settings(user.settings), "")
    yield from _differing(stored(_of("user here", rows)), here, f" in database {meaning.database}")
    for (what, is_so), expected in zip(_told(*limits[0]), _limits(user), strict=True):
        if is_so != (expected or is_so):
            yield f"{what} is {is_so}, and {expected} by the spec"


def of_everybody(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The names of settings that aren't a user's: the spec has no word for them."""
    return sorted(name for name, _ in stored(_of("everybody", rows)))


def of_entrance(rows: Sequence[Sequence[Any]], database: str) -> Iterator[str]:
    """What everybody's login to the database passes, of which the spec has no word either."""
    if triggers := [name for what, name in rows if what == "login trigger"]:
        yield f"triggers that run at each login to database {database}: {', '.join(triggers)}"
    for what, limit in rows:
        if what == "connection limit":
            yield f"the connection limit of database {database}, for all of its users: {limit}"


def _of(whose: str, rows: Sequence[Sequence[Any]]) -> list[str]:
    return [entry for of, entry in rows if of == whose]


def _differing(found: Settings, expected: Settings, where: str) -> Iterator[str]:
    names, wanted = {name for name, _ in found}, {name for name, _ in expected}
    for name in sorted({name for name, _ in found ^ expected}):
        if name not in wanted:
            yield f"{name} is set{where}, which the spec lacks"
        else:
            yield f"{name} is set otherwise{where} than by the spec" if name in names else f"{name} is not set{where}"


def _told(inherits: bool, connections: int, until: str | None) -> tuple[tuple[str, str], ...]:
    return (
        ("INHERIT", "on" if inherits else "off"),
        ("the connection limit", str(connections)),
        ("VALID UNTIL", until or "infinity"),
    )


def _limits(user: User) -> tuple[str, str, str]:
    acting = any(grant.access is Access.OWNER for grant in user.grants)
    until = user.valid_until.astimezone(UTC).strftime(_STAMP) if user.valid_until else "infinity"
    return ("off" if acting else "on", _connections(user), until)


def _connections(user: User) -> str:
    """Empty where the spec leaves it to the engine, which leaves the master room: by the server's max_connections."""
    if user.connection_limit is None:
        return "" if user.logs_in else str(UNLIMITED)
    return str(user.connection_limit)
