"""The user as which the drift watch logs in: one of the access spec's, who can connect and nothing else.

What it reads is in catalogs that everybody may read, so that a forged call of the watch, or a flaw in it, changes
nothing in the database.
"""

from collections.abc import Iterator

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User


def refuse_unfit(spec: AccessSpec, name: str, sessions: int, *, at: str) -> None:
    """Look at the user called `name` before anything is built for it.

    Args:
        sessions: how many the watch may hold at once.
        at: the file and line of the environment that names it.

    Raises:
        SpecError: with everything that it lacks or has too much of.
    """
    if problems := list(_problems(spec, name, sessions)):
        allowed = f"allowed: {_example(spec, name, sessions)} in the spec, or another user"
        raise SpecError([f"{problem}; monitoring.watch_user of {at} names it; {allowed}" for problem in problems])


def _problems(spec: AccessSpec, name: str, sessions: int) -> Iterator[str]:
    found = next((user for user in spec.users if user.username == name), None)
    if found is None:
        yield f"users: the drift watch logs in as {name!r}, and no user has that name"
        return
    said = f"users: {name!r}, as which the drift watch logs in,"
    if found.auth_method != "iam" or not found.logs_in:
        yield f"{said} doesn't log in with IAM tokens"
    if missing := sorted({database.name for database in spec.databases} - {*spec.connectable(found)}):
        yield f"{said} can't connect to {', '.join(missing)}"
    if found.connection_limit is not None and 0 <= found.connection_limit < sessions:
        yield f"{said} has a connection_limit of {found.connection_limit}, and looks {sessions} at once"
    if more := list(_more(found)):
        yield f"{said} has {' and '.join(more)}, and needs to connect only"


def _more(user: User) -> Iterator[str]:
    if user.grants:
        yield "grants"
    if user.groups:
        yield "groups"
    if set(user.privileges) - {"CONNECT"}:
        yield f"privileges {', '.join(user.privileges)}"


def _example(spec: AccessSpec, name: str, sessions: int) -> str:
    """With room for a session that outlives its run for a moment."""
    databases = ", ".join(database.name for database in spec.databases)
    return f"{{username: {name}, databases: [{databases}], connection_limit: {sessions + 1}}}"
