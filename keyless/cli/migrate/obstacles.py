"""What stands in the way of each step, in sentences with what is allowed. Pure."""

from collections.abc import Collection, Iterator, Sequence

from db_access.wording import listed, one_line, quoted
from keyless.cli.migrate.seen import Seen
from keyless.migrate.phase import Phase
from keyless.migrate.roles import Role, Session


def of_start(seen: Seen, manager: str) -> Iterator[str]:
    if seen.phase not in (Phase.BEFORE, Phase.STARTED):
        return
    if seen.old is None:
        yield f"{quoted(seen.migration.old)} is not in the databases yet; allowed: keyless sync before"
    yield from _strange(seen.old, manager)
    yield from _strange(seen.new, manager)


def _strange(role: Role | None, manager: str) -> Iterator[str]:
    if role is not None and role.managed_by != manager:
        by = "nobody" if role.managed_by is None else quoted(role.managed_by)
        yield (
            f"role {quoted(role.name)} is there, and managed by {by}, not by this spec ({quoted(manager)}); allowed: "
            "--managed-by, if the spec is that one's, or --new-name for another"
        )


def of_switch(seen: Seen, accepted: Collection[str], *, end_sessions: bool) -> Iterator[str]:
    """All but whether the new user has logged in."""
    if not seen.switching:
        return
    if not seen.replaced:
        yield (
            f"the databases don't have {quoted(seen.migration.new)} as the spec has it; allowed: keyless migrate start "
            "--sync, or a deploy, before"
        )
    unequal = [point for point in seen.everywhere if not point.accepted(accepted)]
    if unequal:
        what = listed([point.what for point in unequal], separator="; ")
        yield (
            f"{quoted(seen.migration.old)} and {quoted(seen.migration.new)} are not alike: {what}; allowed: what the "
            "report says of each, and for what asks who is logged in --accept with its name"
        )
    if not end_sessions:
        yield from _in_use(seen, seen.migration.old, "let it use the new user, or --end-sessions")


def of_finish(seen: Seen) -> Iterator[str]:
    if seen.phase is not Phase.SWITCHED:
        return
    old = seen.migration.old
    if not seen.followed:
        yield f"{quoted(old)} can still log in; allowed: keyless migrate switch --sync, or a deploy, before"
    yield from _in_use(seen, old, "wait until they end, or pg_terminate_backend")
    yield from _tied(seen, old)


def of_back(seen: Seen, *, end_sessions: bool) -> Iterator[str]:
    if seen.phase is not Phase.STARTED:
        return
    if not end_sessions:
        yield from _in_use(seen, seen.migration.new, "let it use the old user again, or --end-sessions")
    yield from _tied(seen, seen.migration.new)


def _in_use(seen: Seen, user: str, allowed: str) -> Iterator[str]:
    found = seen.open(user)
    if found:
        yield f"{quoted(user)} has {_counted(found)} open: {_named(found)}; allowed: {allowed}"


def _counted(sessions: Sequence[Session]) -> str:
    return f"{len(sessions)} session{'s' if len(sessions) > 1 else ''}"


def _named(sessions: Sequence[Session]) -> str:
    return listed([str(session) for session in sessions], separator="; ")


def _tied(seen: Seen, user: str) -> Iterator[str]:
    for tie in seen.ties.get(user, ()):
        yield f"{quoted(user)} {one_line(tie)}; allowed: {_way_out(tie)}, before"


def _way_out(tie: str) -> str:
    if tie.startswith("owns default privileges"):
        return "ALTER DEFAULT PRIVILEGES FOR ROLE it ... REVOKE"
    if tie.startswith("owns"):
        return "ALTER ... OWNER TO the schema's owner, or as the master REASSIGN OWNED BY it in that database"
    return "ALTER POLICY ... TO others"
