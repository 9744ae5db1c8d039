"""Where a probe connects to: its function's own endpoint, the database behind it, and nowhere else, whatever it is
asked. So whoever may invoke it can't have it look around in the network, and what it tells is what these two said."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final

from keyless_client.environment import MYSQL, POSTGRESQL
from keyless_probe.question import Question, QuestionError

VARIABLE: Final = "KEYLESS_VERIFY_DATABASE"
"""`HOST:PORT` of the database. `keyless verify` deploys a probe with it."""

OTHER: Final = "other."
"""Before a host: one that isn't there, to sign a token for."""


def check(question: Question, environment: Mapping[str, str]) -> None:
    """Raises QuestionError, which names what is wrong and what is allowed."""
    if problems := [*_problems(question, [*_allowed(environment)])]:
        raise QuestionError("; ".join(problems))


def _allowed(environment: Mapping[str, str]) -> Iterator[str]:
    for engine, port in ((POSTGRESQL, "5432"), (MYSQL, MYSQL.default_port)):
        if engine.host in environment:
            yield f"{environment[engine.host]}:{environment.get(engine.port, port)}"
    if VARIABLE in environment:
        yield environment[VARIABLE]


def _problems(question: Question, allowed: list[str]) -> Iterator[str]:
    if f"{question.host}:{question.port}" not in allowed:
        yield f"{question.host!r} and {question.port} are no place of this probe; allowed: {', '.join(allowed)}"
    if question.hostaddr and not _loopback(question.hostaddr):
        yield f"{question.hostaddr!r} is not this machine; allowed: a loopback address, which is a rehearsal's"
    hosts = [place.rpartition(":")[0] for place in allowed]
    if question.token_host and question.token_host.removeprefix(OTHER) not in hosts:
        yield f"no token is made for {question.token_host!r}; allowed: {', '.join(hosts)}, with or without {OTHER!r}"


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
