"""A client's variables against its role's rights: a function's, a service's, and what a server's user data sets."""

from collections.abc import Iterator

from keyless_checks.reading.access import login, secret_of, session_databases, users
from keyless_checks.reading.clients import Client, clients
from keyless_checks.reading.databases import databases, resource_id
from keyless_checks.reading.family import family_of
from keyless_checks.reading.place import place
from keyless_checks.reading.roles import Kind
from keyless_checks.reading.statements import allowed_on
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_YOURS = (Kind.YOURS, Kind.TASK, Kind.SERVER)
_MASTERS = (Kind.BOOTSTRAP, Kind.ROTATION)
_SECRETS = {"DB_SECRET_ARN", "DB_MASTER_SECRET_ARN"}


def told_is_allowed(templates: Templates) -> Iterator[Finding]:
    """A function or a task may log in as exactly the user, at exactly the host, that its variables name; without them
    or with a secret, as nobody."""
    for client in _clients(templates):
        told = set(_sessions(templates, client))
        allowed = allowed_on(templates, client.role or "", "rds-db:connect")
        yield from (Finding(client.path, f"it may log in by {arn}, which it isn't told") for arn in allowed - told)
        yield from (Finding(client.path, f"it is told to log in by {arn}, which it may not") for arn in told - allowed)


def own_secret(templates: Templates) -> Iterator[Finding]:
    """Code of yours reads the one secret that it is told, which is its user's."""
    for client in _clients(templates):
        if client.kind not in _YOURS:
            continue
        variables = client.variables
        told = {templates.text(client.stack, variables[name]) for name in ("DB_SECRET_ARN",) if name in variables}
        allowed = allowed_on(templates, client.role or "", "secretsmanager:GetSecretValue")
        if told != allowed:
            yield Finding(client.path, f"it is told the secrets {sorted(told)} and may read {sorted(allowed)}")
        if told and told != {secret_of(templates, str(client.told.user))}:
            yield Finding(client.path, f"its secret is not that of user {client.told.user}")


def declared_users(templates: Templates) -> Iterator[Finding]:
    """Code of yours logs in to a database of the access spec as one of its users, by the login that it has; the
    engine's as the master."""
    known, names = users(templates), {*session_databases(templates)}
    converged = family_of(templates).converged
    masters = {str(database.props.get("MasterUsername")) for database in databases(templates)}
    for client in _clients(templates):
        user, database = client.told.user, client.told.database
        if client.told.host is None or _as_each(client):
            continue
        if client.kind in _YOURS and (user not in known or (converged and database not in names)):
            yield Finding(client.path, f"user {user!r} or database {database!r} is not in the access spec")
        elif client.kind in _YOURS and login(known[str(user)]) != (
            "password" if "DB_SECRET_ARN" in client.variables else "iam"
        ):
            yield Finding(client.path, f"user {user!r} has another login in the access spec")
        elif client.kind in _MASTERS and masters and user not in masters:
            yield Finding(client.path, f"it logs in as {user!r}; allowed: the master, {', '.join(sorted(masters))}")


def watchs_user(templates: Templates) -> Iterator[Finding]:
    """The drift watch logs in as a user of the access spec that may only connect, and that nobody shares."""
    known = users(templates)
    watching = {one.told.user for one in _clients(templates) if one.kind is Kind.WATCH}
    for client in _clients(templates):
        user = client.told.user
        found = known.get(str(user), {"grants": "none of the spec"})
        more = [key for key in ("grants", "groups") if found.get(key)]
        if client.kind is Kind.WATCH and (more or set(found.get("privileges", ["CONNECT"])) - {"CONNECT"}):
            yield Finding(client.path, f"it looks as {user!r}; allowed: a user of the spec that may only connect")
        elif client.kind in _YOURS and user in watching:
            yield Finding(client.path, f"it logs in as {user!r}, the drift watch's user, and uses up its connections")


def _clients(templates: Templates) -> Iterator[Client]:
    """With a role of the stacks; another one is a finding of `roles.one_user`."""
    yield from (client for client in clients(templates) if client.role)


def _sessions(templates: Templates, client: Client) -> Iterator[str]:
    """The ARN of the session that the variables describe."""
    told = client.told
    if told.host is not None and not _SECRETS & client.variables.keys() and not _as_each(client):
        where, host = place(templates), templates.text(client.stack, told.host)
        if where is not None:
            yield where.arn("rds-db", f"dbuser:{resource_id(templates, host)}/{told.user}")


def _as_each(client: Client) -> bool:
    """Whether it is the rotation where the master has a secret: it logs in as whoever it is called for."""
    return client.kind is Kind.ROTATION and client.told.family.whole_server and client.told.user is None


RULES: tuple[Rule, ...] = (told_is_allowed, own_secret, declared_users, watchs_user)
