"""Logs in to MySQL or MariaDB as a question says, and tells what came of it."""

import os
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pymysql
from botocore.exceptions import BotoCoreError, ClientError
from pymysql.connections import Connection

from keyless_client import secret
from keyless_client.drivers.pymysql import ERRORS, opened
from keyless_client.errors import ConnectError
from keyless_client.mysql import Login, attempts
from keyless_client.trust import region_of
from keyless_probe import signed
from keyless_probe.answers import Answer
from keyless_probe.mysql.reading import read
from keyless_probe.question import Question, Tls, Token

_TIMEOUT_SECONDS: Final = 10
_OWN: Final = (Token.OWN, Token.SECRET)
_AUTOCOMMIT: Final = {"autocommit": True}


@dataclass(frozen=True)
class Asked(Login):
    """The client's login, which verifies the server as any other does, with what a question gives it besides."""

    given: str | None = field(default=None, repr=False)
    """In place of a token or of the secret's password."""
    trusted: Path | None = None
    """In place of AWS's roots for the host."""

    def roots(self) -> Path:
        return self.trusted or super().roots()

    def _password(self) -> str:
        return super()._password() if self.given is None else self.given


def answer(question: Question) -> Answer:
    """Never raises for a login that fails: that is the answer."""
    began = time.perf_counter()
    try:
        connection = _connect(question)
    except (pymysql.err.Error, ConnectError, BotoCoreError, ClientError, OSError) as error:
        spent = time.perf_counter() - began
        said = getattr(error, "said", "") or attempts.words(error).text
        return Answer(question.id, False, "", said.strip(), _number(error), round(spent * 1000, 1))
    took = round((time.perf_counter() - began) * 1000, 1)
    with connection:
        return _inside(connection, question, took)


def _inside(connection: "Connection[Any]", question: Question, took: float) -> Answer:
    """What fails behind a login that works is told, and doesn't make it one that fails."""
    try:
        who, found = read(connection, question)
    except pymysql.err.Error as error:
        return Answer(question.id, True, "", attempts.words(error).text, _number(error), took)
    return Answer(question.id, True, who, "", "", took, found)


def _connect(question: Question) -> "Connection[Any]":
    if question.tls is Tls.NONE:
        return _without_tls(question)
    arn = os.environ["DB_SECRET_ARN"] if question.token in (Token.SECRET, Token.PREVIOUS) else None
    if arn and question.token is Token.SECRET:
        secret.renewed(arn, question.user)  # a probe stays warm across a rotation
    login = Asked(
        host=question.host,
        port=question.port,
        user=question.user,
        dbname=question.database,
        region=region_of(question.host) or os.environ["AWS_REGION"],
        application_name="keyless verify",
        secret_arn=arn,
        address=(question.hostaddr, question.port) if question.hostaddr else None,
        given=None if question.token in _OWN else signed.password(question),
        trusted=signed.roots(question) if question.tls is Tls.OTHER_ROOTS else None,
    )
    return attempts.once(login, partial(opened, login, _AUTOCOMMIT), ERRORS, _TIMEOUT_SECONDS)


def _without_tls(question: Question) -> "Connection[Any]":
    """With a text that is nobody's password: a question has nothing else then."""
    return pymysql.connect(
        host=question.hostaddr or question.host,
        port=question.port,
        user=question.user,
        password=signed.password(question),
        database=question.database or None,
        ssl_disabled=True,
        connect_timeout=_TIMEOUT_SECONDS,
        autocommit=True,
    )


def _number(error: Exception) -> str:
    """Of the server's error; empty where it has none, or nobody answered."""
    number = getattr(error, "code", None) or attempts.words(error).code
    return str(number or "")
