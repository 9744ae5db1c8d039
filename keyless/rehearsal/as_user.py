"""`python -m keyless.rehearsal.as_user USER STATEMENT`: a statement on the rehearsal's MySQL or MariaDB, as a user.

It logs in as a function of that user does: with the function's role, its token or its secret's password, and by TLS.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from keyless.rehearsal.emulator.services.functions.resolving import resolve_as_told
from keyless.rehearsal.loop.handed_over import FOLDER, HandedOver, NotRunningError

_USER, _DATABASE = "MYSQL_USER", "MYSQL_DATABASE"
_ANYBODYS: Final = "information_schema"
"""Where a session begins that is told of no database."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    try:
        variables = _variables(HandedOver.read(os.environ.get(FOLDER)), options.user)
    except NotRunningError as error:
        print(error, file=sys.stderr)
        return 2
    os.environ.update(variables)
    resolve_as_told()
    return _executed(options.statement)


def _variables(handed_over: HandedOver, user: str) -> dict[str, str]:
    """Raises NotRunningError."""
    known = {
        each.variables[_USER]: each.variables for each in handed_over.functions.values() if _USER in each.variables
    }
    if user not in known:
        raise NotRunningError(f"no function logs in as {user!r}; allowed: {', '.join(sorted(known)) or 'nobody'}")
    return {_DATABASE: _ANYBODYS, **known[user]}


def _executed(statement: str) -> int:
    import pymysql

    from keyless_client.drivers.pymysql import connect
    from keyless_client.errors import ConnectError

    try:
        with connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            print(*cursor.fetchall(), sep="\n")
    except (ConnectError, pymysql.MySQLError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keyless.rehearsal.as_user", description=__doc__)
    parser.add_argument("user", help="one that a function logs in as, as the rehearsal shows it")
    parser.add_argument("statement", help="SQL")
    return parser


if __name__ == "__main__":
    sys.exit(main())
