"""A function's variables against its role's rights."""

from collections.abc import Iterator

from checks.reading.access import accesses, login, secret_of, users
from checks.reading.databases import databases, resource_id
from checks.reading.place import place
from checks.reading.roles import Kind, Use, uses
from checks.reading.statements import allowed_on
from checks.reading.templates import Resource, Templates
from checks.rule import Finding, Rule

_FUNCTION = "AWS::Lambda::Function"
_MASTERS = (Kind.BOOTSTRAP, Kind.ROTATION)


def told_is_allowed(templates: Templates) -> Iterator[Finding]:
    """A function may log in as exactly the user, at exactly the host, that its variables name; without them or with a
    secret, as nobody."""
    for use in _functions(templates):
        told = set(_sessions(templates, use.user))
        allowed = allowed_on(templates, use.role, "rds-db:connect")
        yield from (Finding(use.user.path, f"it may log in by {arn}, which it isn't told") for arn in allowed - told)
        yield from (
            Finding(use.user.path, f"it is told to log in by {arn}, which it may not") for arn in told - allowed
        )


def own_secret(templates: Templates) -> Iterator[Finding]:
    """A function of yours reads the one secret that it is told, which is its user's."""
    for use in _functions(templates):
        if use.kind is not Kind.YOURS:
            continue
        variables = _variables(use.user)
        told = {templates.text(use.user.stack, variables[name]) for name in ("DB_SECRET_ARN",) if name in variables}
        allowed = allowed_on(templates, use.role, "secretsmanager:GetSecretValue")
        if told != allowed:
            yield Finding(use.user.path, f"it is told the secrets {sorted(told)} and may read {sorted(allowed)}")
        if told and told != {secret_of(templates, str(variables.get("PGUSER")))}:
            yield Finding(use.user.path, f"its secret is not that of user {variables.get('PGUSER')}")


def declared_users(templates: Templates) -> Iterator[Finding]:
    """A function of yours logs in to a database of the access spec as one of its users, by the login that it has; the
    engine's as the master."""
    known, names = users(templates), {access.props.get("Database") for access in accesses(templates)}
    masters = {str(database.props.get("MasterUsername")) for database in databases(templates)}
    for use in _functions(templates):
        variables = _variables(use.user)
        user, database = variables.get("PGUSER"), variables.get("PGDATABASE")
        if "PGHOST" not in variables:
            continue
        if use.kind is Kind.YOURS and (user not in known or database not in names):
            yield Finding(use.user.path, f"user {user!r} or database {database!r} is not in the access spec")
        elif use.kind is Kind.YOURS and login(known[str(user)]) != (
            "password" if "DB_SECRET_ARN" in variables else "iam"
        ):
            yield Finding(use.user.path, f"user {user!r} has another login in the access spec")
        elif use.kind in _MASTERS and masters and user not in masters:
            yield Finding(use.user.path, f"it logs in as {user!r}; allowed: the master, {', '.join(sorted(masters))}")


def watchs_user(templates: Templates) -> Iterator[Finding]:
    """The drift watch logs in as a user of the access spec that may only connect, and that nobody shares."""
    known = users(templates)
    watching = {_variables(use.user).get("PGUSER") for use in _functions(templates) if use.kind is Kind.WATCH}
    for use in _functions(templates):
        user = _variables(use.user).get("PGUSER")
        found = known.get(str(user), {"grants": "none of the spec"})
        more = [key for key in ("grants", "groups") if found.get(key)]
        if use.kind is Kind.WATCH and (more or set(found.get("privileges", ["CONNECT"])) - {"CONNECT"}):
            yield Finding(use.user.path, f"it looks as {user!r}; allowed: a user of the spec that may only connect")
        elif use.kind is Kind.YOURS and user in watching:
            yield Finding(use.user.path, f"it logs in as {user!r}, the drift watch's user, and uses up its connections")


def _functions(templates: Templates) -> Iterator[Use]:
    yield from (use for use in uses(templates) if use.user.type == _FUNCTION)


def _variables(function: Resource) -> dict[str, object]:
    found = function.props.get("Environment", {}).get("Variables", {})
    return found if isinstance(found, dict) else {}


def _sessions(templates: Templates, function: Resource) -> Iterator[str]:
    """The ARN of the session that the variables describe."""
    variables = _variables(function)
    if "PGHOST" in variables and "DB_SECRET_ARN" not in variables:
        where, host = place(templates), templates.text(function.stack, variables["PGHOST"])
        if where is not None:
            yield where.arn("rds-db", f"dbuser:{resource_id(templates, host)}/{variables.get('PGUSER')}")


RULES: tuple[Rule, ...] = (told_is_allowed, own_secret, declared_users, watchs_user)
