"""Who refused, by the number and the words of an error of the family's."""

from collections.abc import Sequence
from typing import Final

from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.servers.mysql.kinds import MARIADB, Kind

_INSECURE: Final = 3159
_LOCKED: Final = {3118: Outcome.BY_MYSQL, 4151: Outcome.BY_MARIADB}
_DENIED: Final = 1045
MISSING_RIGHT: Final = frozenset({1044, 1142, 1143, 1227, 1370})
"""On a schema, a table, a column, the server or a routine."""
_NO_CREDENTIALS: Final = "has no credentials for the role"


def by(kind: Kind) -> Outcome:
    """A refusal of that server's."""
    return Outcome.BY_MARIADB if kind == MARIADB else Outcome.BY_MYSQL


def of_login(number: int, words: str, reasons: Sequence[str]) -> Outcome:
    """`reasons`: the judge's, where it decided."""
    if number == _INSECURE:
        return Outcome.NO_TLS
    if number in _LOCKED:
        return _LOCKED[number]
    if _NO_CREDENTIALS in words:
        return Outcome.NO_CREDENTIALS
    if any("Deny: rds-db:connect on" in reason for reason in reasons):
        return Outcome.BY_IAM
    if any("token" in reason for reason in reasons):
        return Outcome.BAD_TOKEN
    return Outcome.WRONG_PASSWORD if number == _DENIED else Outcome.OTHER


def of_statement(number: int, *, mariadb: bool) -> Outcome:
    if number not in MISSING_RIGHT:
        return Outcome.OTHER
    return Outcome.BY_MARIADB if mariadb else Outcome.BY_MYSQL
