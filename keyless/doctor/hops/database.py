"""What the database has of the user, by its catalogs; where nobody may look there, by how far the login itself came."""

from collections.abc import Callable
from typing import Any

from psycopg import Connection
from psycopg import Error as PostgresError

from db_access.postgresql.failures import explained
from db_access.wording import quoted
from keyless.doctor.database import catalog
from keyless.doctor.database.catalog import Role
from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.doctor.looking import Looking, Opened
from keyless.doctor.places import AUTHENTICATED, Place
from keyless.doctor.refusals import Refused

Ask = Callable[[Looking, Connection[Any], str], Finding]


def of_catalog(place: Place, question: str, ask: Ask) -> Callable[[Looking], Finding]:
    """The hop's look. `question` names user and database in braces."""

    def look(at: Looking) -> Finding:
        login = at.path.login
        asked = question.format(user=quoted(login.user), dbname=quoted(login.dbname))
        if not isinstance(at.inside, Connection):
            return by_the_login(at, place, asked, at.inside)
        try:
            return ask(at, at.inside, asked)
        except PostgresError as error:
            at.inside.rollback()
            return unseen(asked, f"the database doesn't answer: {explained(error)}")

    return look


def by_the_login(at: Looking, place: Place, asked: str, inside: Opened) -> Finding:
    """What the login's own end says of a hop. Until somebody is authenticated, PostgreSQL doesn't say why not."""
    attempt = at.attempt
    if isinstance(attempt, Connection):
        return well(asked, "yes: the login is made")
    if isinstance(attempt, Refused) and attempt.place is place:
        return wrong(asked, attempt.said, attempt.fix)
    if isinstance(attempt, Refused) and attempt.place in AUTHENTICATED and place.order < attempt.place.order:
        return well(asked, f"yes: the login came as far as {attempt.place}")
    return unseen(asked, inside.said if isinstance(inside, Refused) else getattr(inside, "why", ""))


def role(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    if catalog.role(connection, at.path.login.user):
        return well(asked, "yes")
    return wrong(asked, "no", _missing_user(at))


def _missing_user(at: Looking) -> str:
    user = quoted(at.path.login.user)
    if at.spec and any(one.username == at.path.login.user for one in at.spec.users):
        return f"the access spec has {user}: deploy it, or `keyless sync`"
    return f"add {user} to `users` of the access spec (`keyless create-user`), and deploy it"


def rds_iam(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    """Who shows a token has to be in it, who has a password must not."""
    found = _role(at, connection)
    if found.in_rds_iam is None and at.path.token:
        return unseen(asked, "the server has no role rds_iam: it is none of RDS's")
    if bool(found.in_rds_iam) is at.path.token:
        return well(asked, "yes" if found.in_rds_iam else "no, as a user with a password has to be")
    if isinstance(at.attempt, Connection):  # by a socket, say: whatever the server asks then, it isn't that
        return well(asked, f"{'yes' if found.in_rds_iam else 'no'}, and the login is made all the same")
    method = "iam" if at.path.token else "password"
    return wrong(
        asked,
        "no, so the database takes its token for a password" if at.path.token else "yes, so its password is not asked",
        f"set `auth_method: {method}` of {quoted(found.name)} in the access spec, and deploy it or `keyless sync`"
        + ("" if at.path.token else "; it may be a member through another role"),
    )


def may_log_in(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    found = _role(at, connection)
    if found.may_log_in:
        return well(asked, "yes")
    user = quoted(found.name)
    return wrong(asked, "no: NOLOGIN", f"`enabled` and `can_login` of {user} true in the access spec, and deploy it")


def connections(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    """The user's, the database's and the server's."""
    found, room = _role(at, connection), catalog.room(connection)
    there = catalog.database(connection, at.path.login.dbname, found.name)
    if 0 <= found.most <= found.sessions:
        return wrong(
            asked,
            f"no: {found.sessions} sessions of {quoted(found.name)}, and its connection limit is {found.most}",
            f"end some, or raise `connection_limit` of {quoted(found.name)} in the access spec and deploy it",
        )
    if there and 0 <= there.most <= there.sessions:
        return wrong(
            asked,
            f"no: {there.sessions} sessions in {quoted(there.name)}, and its connection limit is {there.most}",
            "end some, or ALTER DATABASE … CONNECTION LIMIT, as its owner",
        )
    if room.sessions >= room.most:
        return wrong(
            asked,
            f"no: {room.sessions} sessions, and the server has {room.most} for who is no superuser",
            "end some, look for open transactions and pinned sessions, or raise the capacity",
        )
    limit = f"of {found.most}" if found.most >= 0 else "without a limit"
    return well(asked, f"yes: {found.sessions} {limit} are its own, {room.sessions} of {room.most} everybody's")


def exists(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    there = catalog.database(connection, at.path.login.dbname, at.path.login.user)
    if there is None:
        fix = "check PGDATABASE, and that the access spec declares the database and is deployed"
        return wrong(asked, "no", fix)
    if not there.takes_connections:
        return wrong(asked, "it takes no connections", "ALTER DATABASE … ALLOW_CONNECTIONS true, as its owner")
    return well(asked, "yes")


def may_connect(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    """The user, and RDS Proxy's own login, without which the proxy serves nobody there."""
    login = at.path.login
    there = catalog.database(connection, login.dbname, login.user)
    if there is None or not there.may_connect:
        database, user = quoted(login.dbname), quoted(login.user)
        return wrong(asked, "no", f"add {database} to `databases` of {user} in the access spec, and deploy it")
    if at.path.proxy and there.proxy_may_connect is False:
        return wrong(
            asked,
            "yes, but the proxy's own login rdsproxyadmin may not",
            f"deploy the access spec again, or `keyless sync`, which gives it CONNECT on {quoted(login.dbname)}",
        )
    return well(asked, "yes")


def _role(at: Looking, connection: Connection[Any]) -> Role:
    """It is there: the hop before has seen it."""
    found = catalog.role(connection, at.path.login.user)
    if found is None:
        raise PostgresError("the role is gone")
    return found
