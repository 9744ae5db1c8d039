"""What is asked of each function's probe: what must work, and each way that must not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Outcome
from keyless.verify.deployed import Deployed, Function, Login
from keyless.verify.expected import Refusals
from keyless_probe.places import OTHER
from keyless_probe.question import Question, Tls, Token

Address = Callable[[str], str]
"""Where a host is reached if its name doesn't say; empty on AWS."""


def nowhere(_: str) -> str:
    """AWS's Address."""
    return ""


@dataclass(frozen=True)
class Asked:
    """A line before it is measured."""

    what: str
    function: Function
    expected: Outcome
    question: Question
    past: bool = False
    """Whether it goes past the proxy, where security groups leave no way on AWS."""

    @property
    def by_network(self) -> bool:
        """Whether nothing but the network refuses it, which stand-ins don't show."""
        return self.expected is Outcome.NO_WAY


_Found = tuple[str, Outcome, Question]


def asked(deployed: Deployed, spec: AccessSpec) -> Iterator[Asked]:
    """What is asked of each function; what goes past the proxy comes last, its own user first."""
    refusals = Refusals(deployed, spec)
    for function in deployed.functions:
        for what, expected, question in _of(function.login, deployed.database, refusals):
            name = f"{function.name} {what}"
            yield Asked(name, function, expected, replace(question, id=name))
        for what, expected, question in _past(function.login, deployed.database, refusals):
            name = f"{function.name} straight to the database{what}"
            yield Asked(name, function, expected, replace(question, id=name), past=True)


def _of(login: Login, database: Login, refusals: Refusals) -> Iterator[_Found]:
    good = right(login)
    yield f"as {login.user}", refusals.own(login), good
    yield "without TLS", Outcome.NO_TLS, replace(good, tls=Tls.NONE, token=Token.TEXT)
    yield "with the roots of another authority", Outcome.WRONG_AUTHORITY, replace(good, tls=Tls.OTHER_ROOTS)
    refused = Outcome.WRONG_PASSWORD if login.secret else Outcome.BY_IAM
    yield "with a text for a password", refused, replace(good, token=Token.TEXT)
    for user in refusals.others(login):
        yield f"as {user}", refusals.of(user, login.host), replace(good, user=user, token=Token.OWN)
    if not login.secret:
        yield from _bad_tokens(login, database, good)


def _past(login: Login, database: Login, refusals: Refusals) -> Iterator[_Found]:
    """A password is the same there, so that nothing but the network keeps its function away."""
    if login.host == database.host:
        return
    good = replace(right(login), host=database.host, port=database.port)
    yield "", Outcome.NO_WAY if login.secret else Outcome.BY_IAM, good
    for user in refusals.others(login):
        yield f", as {user}", refusals.of(user, database.host), replace(good, user=user, token=Token.OWN)


def _bad_tokens(login: Login, database: Login, good: Question) -> Iterator[tuple[str, Outcome, Question]]:
    for token in (Token.EXPIRED, Token.TAMPERED, Token.OTHER_REGION):
        yield f"with a token: {token}", Outcome.BY_IAM, replace(good, token=token)
    other = database.host if login.host != database.host else f"{OTHER}{login.host}"
    yield "with a token: other host", Outcome.BY_IAM, replace(good, token=Token.OTHER_HOST, token_host=other)


def right(login: Login) -> Question:
    """The login that must work."""
    token = Token.SECRET if login.secret else Token.OWN
    return Question("", login.host, login.port, login.user, login.database, token)


def reached(question: Question, address: Address) -> Question:
    return replace(question, hostaddr=address(question.host))
