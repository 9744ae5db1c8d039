"""What a step found and did, for people and for programs."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, assert_never

from db_access.wording import one_line, quoted
from keyless.cli.migrate.seen import Seen
from keyless.migrate.phase import Migration, Phase
from keyless.migrate.points import Point


def as_text(seen: Sequence[Seen], accepted: Collection[str]) -> str:
    return "".join(f"{line}\n" for one in seen for line in _lines(one, accepted))


def _lines(seen: Seen, accepted: Collection[str]) -> Iterator[str]:
    yield f"{seen.migration}: {seen.phase}{'' if seen.followed else ', and the databases are not there yet'}"
    yield from _points("the spec", seen.in_spec, accepted)
    for database, points in seen.points.items():
        if points:
            yield from _points(f"database {quoted(database)}", points, accepted)
        elif seen.switching and seen.new is not None:
            yield f"  database {quoted(database)}: PostgreSQL lets both do the same"
    for user in (seen.migration.old, seen.migration.new):
        found = seen.open(user)
        if found:
            yield f"  {quoted(user)} has {len(found)} open session{'s' if len(found) > 1 else ''}"
    yield f"  next: {following(seen, accepted)}"


def _points(where: str, points: Sequence[Point], accepted: Collection[str]) -> Iterator[str]:
    if points:
        yield f"  {where}: {len(points)} difference{'s' if len(points) > 1 else ''}"
        for point in points:
            yield f"    {'-' if point.accepted(accepted) else '!'} {point}"


def following(seen: Seen, accepted: Collection[str]) -> str:
    """What to do now."""
    user = _named(seen.migration)
    match seen.phase:
        case Phase.BEFORE:
            leftover = f", or keyless migrate back {user} --sync, which drops {quoted(seen.migration.new)}"
            return f"keyless migrate start {user}{'' if seen.followed else leftover}"
        case Phase.STARTED if not seen.followed:
            return f"keyless migrate start {user} --sync, or a deploy; back is the way back"
        case Phase.STARTED if any(not point.accepted(accepted) for point in seen.everywhere):
            return f"put right what differs, then keyless migrate start {user} again; back is the way back"
        case Phase.STARTED:
            return (
                f"let the application log in as {quoted(seen.migration.new)}, then keyless migrate switch {user}; back "
                "is the way back"
            )
        case Phase.SWITCHED if not seen.followed:
            return f"keyless migrate switch {user} --sync, or a deploy; back is the way back"
        case Phase.SWITCHED:
            return f"keyless migrate finish {user}, once nobody misses it; back is the way back until then"
        case Phase.FINISHED if not seen.followed:
            return f"keyless migrate finish {user} --sync, or a deploy"
        case Phase.FINISHED:
            return "nothing: it is done"
        case _:
            assert_never(seen.phase)


def _named(migration: Migration) -> str:
    """As a shell takes it."""
    words = [migration.old]
    if migration != Migration.of(migration.old):
        words += ["--new-name", migration.new]
    return one_line(shlex.join(words))


def as_values(seen: Seen, accepted: Collection[str], obstacles: Sequence[str]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "user": seen.migration.old,
        "new_user": seen.migration.new,
        "phase": seen.phase.value,
        "followed": seen.followed,
        "spec": [_point(point, accepted) for point in seen.in_spec],
        "databases": [
            {"database": database, "differences": [_point(point, accepted) for point in points]}
            for database, points in seen.points.items()
        ],
        "sessions": [
            {
                "user": session.user,
                "pid": session.pid,
                "database": session.database,
                "application": session.application,
                "address": session.address,
                "since": session.since.isoformat(),
            }
            for session in seen.sessions
        ],
        "obstacles": list(obstacles),
        "next": following(seen, accepted),
    }


def _point(point: Point, accepted: Collection[str]) -> Mapping[str, Any]:
    return {
        "kind": point.kind.label,
        "what": point.what,
        "difference": point.difference,
        "allowed": point.kind.remedy,
        "accepted": point.accepted(accepted),
    }
