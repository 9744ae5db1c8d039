"""One session for each user, in which it tries everything."""

from collections.abc import Iterable, Iterator, Sequence

import pymysql

from db_access.spec import User
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights.everybody import line
from keyless.rehearsal.lines.rights.measured import Session
from keyless.rehearsal.lines.rights.mysql import doing
from keyless.rehearsal.lines.rights.mysql.accounts import Accounts
from keyless.rehearsal.lines.rights.mysql.ground import Ground
from keyless.rehearsal.lines.rights.mysql.meaning import Meaning
from keyless.rehearsal.lines.rights.mysql.probes import Probe
from keyless.rehearsal.lines.rights.mysql.trying import There, Trying


def session(
    ground: Ground, user: User, meaning: Meaning, probes: Sequence[Probe], there: There, accounts: Accounts
) -> Session:
    how = _line(user, "how it logs in", meaning, accounts.otherwise(user))
    try:
        connection = ground.log_in(user)
    except pymysql.OperationalError as error:
        said = f"{error.args[1]} ({error.args[0]})"
        return Session(user.username, meaning.database, user.username, (), said, beyond=(how,), by=ground.refused)
    with connection:
        doing.prepare(connection)
        trying = Trying(connection, user, meaning, there, user.username == ground.watcher)
        tried = trying.all(probes)
        beside = (how, *_beside(trying, probes))
    return Session(user.username, meaning.database, user.username, tried, beyond=beside, by=ground.refused)


def _beside(trying: Trying, probes: Sequence[Probe]) -> Iterator[Line]:
    """In this order: the last leaves the session without a role."""
    told = trying.told()
    for what, found in (
        ("the account of its sessions", trying.account()),
        ("columns of every table", trying.columns()),
        ("rights that the server names", told.rights()),
        ("what it can pass on", told.passed_on()),
        ("statements about the server", trying.on_server()),
        ("schemas that the spec lacks", trying.schemas()),
        ("roles that it can go to", trying.roles(probes)),
    ):
        yield _line(trying.user, what, trying.meaning, found)


def _line(user: User, what: str, meaning: Meaning, found: Iterable[str]) -> Line:
    return line(f"{user.username}: {what}, with database {meaning.database}", iter(found))
