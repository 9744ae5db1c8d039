"""What users can do beside what the spec says: each difference is a sentence."""

from collections.abc import Iterator

from pymysql.connections import Connection

from db_access.spec import AccessSpec
from db_access.spec.model.users import User
from tests.mysql.oracle.doing import Done, Place, all_tried, data, entered, logged_in, roles
from tests.mysql.oracle.meaning import Rights, groups_of, of_user
from tests.mysql.oracle.probes import DEFINING_TABLES, ON_SCHEMAS, ON_TABLES
from tests.mysql.oracle.world.documents import Names
from tests.mysql.oracle.world.objects import LATE
from tests.mysql.servers import Instance, rows


def place_of(names: Names, *more: str, destroying: bool = True) -> Place:
    return Place(
        {schema: (*names.tables, *more) for schema in (*names.schemas, *names.neighbours)}, names.column, destroying
    )


def amiss(instance: Instance, spec: AccessSpec, place: Place) -> list[str]:
    """What users of `spec` can do that it doesn't say, or can't that it does."""
    return [sentence for user in spec.users for sentence in of_user_amiss(instance, spec, user, place)]


def of_user_amiss(instance: Instance, spec: AccessSpec, user: User, place: Place) -> Iterator[str]:
    session = entered(instance, user)
    if (session is not None) != user.logs_in:
        yield f"{user.username!r} {'logs in' if session else 'does not log in'}"
    if user.logs_in and user.auth_method == "iam":
        for secret in ("", "anything"):
            if logged_in(instance, user.username, secret):
                yield f"{user.username!r} logs in by {secret!r}"
    if session is not None:
        with session:
            yield from _of_session(instance, spec, user, place, session)


def _of_session(instance: Instance, spec: AccessSpec, user: User, place: Place, session: Connection) -> Iterator[str]:
    rights, who = of_user(spec, user), repr(user.username)
    done = all_tried(session, place)
    wanted = expected(rights, done, place)
    yield from (f"{who} can {each}" for each in sorted(done.let - wanted))
    yield from (f"{who} can't {each}" for each in sorted(wanted - done.let))
    yield from (f"{who} {each}" for each in _in_roles(instance, spec, user, place, session, rights))


def _in_roles(
    instance: Instance, spec: AccessSpec, user: User, place: Place, session: Connection, rights: Rights
) -> Iterator[str]:
    """No role, and nothing that it can go to, has more than the user has."""
    for name in roles(session, _all_roles(instance)):
        if name not in groups_of(spec, user) and not name.startswith("keyless"):
            yield f"can go to role {name!r}"
        yield from (f"can {each} in role {name!r}" for each in _more(session, place, rights))
    rows(session, "SET ROLE NONE")
    yield from (f"can {each} without a role" for each in _more(session, place, Rights()))
    if not instance.is_mariadb:
        rows(session, "SET ROLE ALL")
        yield from (f"can {each} with all roles" for each in _more(session, place, rights))


def _more(session: Connection, place: Place, rights: Rights) -> list[tuple[str, str, str]]:
    done = Done()
    for schema, tables in place.tables.items():
        for table in tables:
            data(session, place, schema, table, done)
    return sorted(done.let - expected(rights, done, place))


def _all_roles(instance: Instance) -> list[str]:
    with instance.superuser() as root:
        table = "mysql.global_priv WHERE JSON_VALUE(Priv, '$.is_role') = 1" if instance.is_mariadb else "mysql.user"
        return [name for (name,) in rows(root, f"SELECT User FROM {table}")]


def expected(rights: Rights, done: Done, place: Place) -> set[tuple[str, str, str]]:
    """Of what was tried, what `rights` let one do."""
    return {tried for tried in done.tried if _expected(rights, *tried, place.column)}


def _expected(rights: Rights, what: str, schema: str, table: str, column: str) -> bool:
    if what == "SELECT column":
        return rights.reads(schema, table, column) if table != LATE else rights.has("SELECT", schema, table)
    if table == LATE:  # made after the run: what is given on tables by name, and on columns, comes with the next
        rights = Rights(frozenset(right for right in rights.all if right.table is None and right.column is None))
    probe = {**ON_TABLES, **DEFINING_TABLES, **ON_SCHEMAS}.get(what)
    return probe is not None and probe.needs(rights, schema, table)
