"""The login itself, and what its session may then do."""

from typing import Any

from psycopg import Connection

from db_access.errors import AccessError
from db_access.wording import listed, quoted
from keyless.doctor.database import catalog
from keyless.doctor.database import grants as spec_grants
from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.doctor.hops.database import by_the_login
from keyless.doctor.looking import Looking
from keyless.doctor.places import Place
from keyless.doctor.refusals import Refused, Untried


def password(at: Looking) -> Finding:
    """Whether the database, or the proxy, has the same one. That takes a login, whose session isn't to be counted among
    the connections that were open before."""
    asked = f"is it the password that {quoted(at.path.login.user)} has there, and valid?"
    if (until := _ended(at)) is not None:
        return wrong(asked, f"it was valid until {until}", "ALTER ROLE … VALID UNTIL, as the master")
    return by_the_login(at, Place.PASSWORD, asked, at.attempt)


def _ended(at: Looking) -> str | None:
    """When the password ended, where that can be seen. PostgreSQL looks at VALID UNTIL for passwords only."""
    found = catalog.role(at.inside, at.path.login.user) if isinstance(at.inside, Connection) else None
    return found.valid_until if found and found.expired else None


def attempt(at: Looking) -> Finding:
    """Whatever the hops before have not seen, the server says itself."""
    login, made = at.path.login, at.attempt
    asked = f"a login as {quoted(login.user)} to database {quoted(login.dbname)} on {at.path.there}"
    match made:
        case Untried():
            return unseen(asked, made.why)
        case Refused():
            return wrong(asked, made.said, made.fix)
        case _:
            return well(asked, f"made, by PostgreSQL {made.info.server_version // 10000}")


def grants(at: Looking, connection: Connection[Any], asked: str) -> Finding:
    login = at.path.login
    if at.spec is None:
        return unseen(asked, "no spec is named: --config FILE")
    if all(one.name != login.dbname for one in at.spec.databases):
        return unseen(asked, "the spec doesn't declare this database")
    if connection.info.dbname != login.dbname:
        return unseen(asked, f"the session that looks is in {quoted(connection.info.dbname)}")
    try:
        lacks = spec_grants.missing(connection, at.spec, login.dbname, login.user, connection.info.user)
    except AccessError as error:
        return unseen(asked, str(error))
    if lacks:
        return wrong(asked, listed([one.sentence({}) for one in lacks], separator="; "), "deploy it, or `keyless sync`")
    return well(asked, "yes, all")
