"""The user as which the drift watch logs in: one of the access spec's, who can connect and nothing else.

What it reads is in catalogs that everybody may read, so that a forged call of the watch, or a flaw in it, changes
nothing in the database.
"""

from collections.abc import Iterator

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.database.user import reachable

_LIMIT = 2
"""One runs at a time, and a session may outlive its run for a moment."""


def watch_user(spec: AccessSpec, name: str) -> str:
    """`name`, which is fit for it.

    Raises:
        SpecError: with everything that it lacks or has too much of.
    """
    if problems := list(_problems(spec, name)):
        raise SpecError([f"{problem}; allowed: {_example(spec, name)}" for problem in problems])
    return name


def _problems(spec: AccessSpec, name: str) -> Iterator[str]:
    found = next((user for user in spec.users if user.username == name), None)
    if found is None:
        yield f"users: the drift watch logs in as {name!r} (monitoring.watch_user), and no user has that name"
        return
    said = f"users: {name!r}, as which the drift watch logs in,"
    if found.auth_method != "iam" or not found.logs_in:
        yield f"{said} doesn't log in with IAM tokens"
    if missing := sorted({database.name for database in spec.databases} - {*reachable(found)}):
        yield f"{said} can't connect to {', '.join(missing)}"
    if found.connection_limit == 0:
        yield f"{said} has a connection_limit of 0"
    if more := list(_more(found)):
        yield f"{said} has {' and '.join(more)}, and needs to connect only"


def _more(user: User) -> Iterator[str]:
    if user.grants:
        yield "grants"
    if user.groups:
        yield "groups"
    if set(user.privileges) - {"CONNECT"}:
        yield f"privileges {', '.join(user.privileges)}"


def _example(spec: AccessSpec, name: str) -> str:
    databases = ", ".join(database.name for database in spec.databases)
    return f"{{username: {name}, databases: [{databases}], connection_limit: {_LIMIT}}}"
