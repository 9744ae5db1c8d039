"""Logs in to PostgreSQL as a question says, and tells what came of it."""

import os
import time
from typing import Any

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from psycopg.conninfo import make_conninfo

from keyless_client.errors import ConnectError
from keyless_probe import as_the_client, by_hand, signed
from keyless_probe.answers import Answer
from keyless_probe.question import Question, Tls, Token
from keyless_probe.reading import read

_TIMEOUT_SECONDS = 10


def answer(question: Question) -> Answer:
    """Never raises for a login that fails: that is the answer."""
    began = time.perf_counter()
    try:
        with _connect(question) as connection:
            spent = time.perf_counter() - began
            return _inside(connection, question, round(spent * 1000, 1))
    except (psycopg.Error, ConnectError, BotoCoreError, ClientError) as error:
        spent = time.perf_counter() - began
        said = getattr(error, "said", "") or str(error)
        sqlstate = getattr(error, "sqlstate", "") or ""  # libpq tells none of a refused login
        return Answer(question.id, False, "", said.strip(), sqlstate, round(spent * 1000, 1))


def _inside(connection: "psycopg.Connection[Any]", question: Question, took: float) -> Answer:
    """What fails behind a login that works is told, and doesn't make it one that fails."""
    who = ""
    try:
        who, found = read(connection, question)
        if question.change:
            found["held"] = by_hand.carry_out(connection, question.change, by_hand.Right.read(os.environ))
        return Answer(question.id, True, who, "", "", took, found)
    except psycopg.Error as error:
        return Answer(question.id, True, who, str(error.diag.message_primary or error), error.sqlstate or "", took)


def _connect(question: Question) -> "psycopg.Connection[tuple[Any, ...]]":
    if question.token in (Token.OWN, Token.SECRET):
        return as_the_client.connect(question, _TIMEOUT_SECONDS, signed.roots(question))
    given = {"sslmode": "disable"}
    if question.tls is not Tls.NONE:
        given = {"sslmode": "verify-full", "sslrootcert": str(signed.roots(question))}
    if question.hostaddr:
        given["hostaddr"] = question.hostaddr
    where = make_conninfo(
        host=question.host,
        port=question.port,
        user=question.user,
        dbname=question.database,
        connect_timeout=_TIMEOUT_SECONDS,
        application_name="keyless verify",
        gssencmode="disable",
        **given,
    )
    return psycopg.connect(where, password=signed.password(question), autocommit=True, prepare_threshold=None)
