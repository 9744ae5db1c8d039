"""Runs the checks: what needs no credentials, then who they are, then the rest, each whatever the others found."""

from collections.abc import Callable, Iterator
from typing import Final

from keyless.preflight.account.account import Account
from keyless.preflight.account.connection import Connection
from keyless.preflight.account.identity import CredentialsError, identify
from keyless.preflight.account.reader import Reader, read_only
from keyless.preflight.checks.bootstrap import bootstrap
from keyless.preflight.checks.clock import clock
from keyless.preflight.checks.concurrency import concurrency
from keyless.preflight.checks.credentials import credentials
from keyless.preflight.checks.engines import engines
from keyless.preflight.checks.leftovers.check import leftovers
from keyless.preflight.checks.quotas import quotas
from keyless.preflight.checks.service_role import service_role
from keyless.preflight.checks.stacks import stacks
from keyless.preflight.checks.zones import zones
from keyless.preflight.finding import Problem, Result, attempt
from keyless.preflight.planned.target import Target

Check = Callable[[Target, Account], Iterator[Problem]]
CHECKS: Final[dict[str, Check]] = {
    "credentials": credentials,
    "CDK bootstrap": bootstrap,
    "state of the stacks": stacks,
    "names in use": leftovers,
    "RDS's role": service_role,
    "engine and classes": engines,
    "zones": zones,
    "Lambda concurrency": concurrency,
    "quotas": quotas,
}
_OTHERS: Final = "everything else"


def look(target: Target, connection: Connection) -> tuple[Result, ...]:
    """What each check found, in the order in which to mend it."""
    clocked: tuple[Result, ...] = ()
    try:
        clocked = (Result("clock", tuple(clock(read_only(connection.unsigned("sts"), "sts")))),)
        identity = identify(read_only(connection.signed("sts"), "sts"))
    except CredentialsError as error:
        return *clocked, *without_credentials(error)
    account = Account(Reader(connection.signed), identity, target.region)
    found = (Result(name, _distinct(check(target, account))) for name, check in CHECKS.items())
    first = next(found)
    return (*clocked, first, *((Result(_OTHERS, (_WRONG_ACCOUNT,)),) if first.problems else found))


_WRONG_ACCOUNT: Final = Problem.unknown("not looked at: this is another account")


def without_credentials(error: CredentialsError) -> tuple[Result, Result]:
    """Nothing else can be asked."""
    unasked = Problem.unknown("not looked at: this needs credentials")
    return Result("credentials", (Problem(str(error), error.remedies),)), Result(_OTHERS, (unasked,))


def _distinct(problems: Iterator[Problem]) -> tuple[Problem, ...]:
    """Each once: one missing permission is found by many questions."""
    return tuple(dict.fromkeys(attempt(problems)))
