"""Logs in as a question says, and tells what came of it."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from psycopg.conninfo import make_conninfo

from keyless_client.errors import ConnectError
from keyless_client.trust import region_of, trust_roots
from keyless_probe import as_the_client, by_hand, passwords, tokens
from keyless_probe.question import Question, Tls, Token
from keyless_probe.reading import read

_TIMEOUT_SECONDS = 10
_OTHER_REGIONS = "us-west-2", "us-east-2"
_EXPIRED = tokens.LIFETIME + timedelta(minutes=1)
_NOBODYS = "nobody's password"


@dataclass(frozen=True)
class Answer:
    id: str
    connected: bool
    user: str
    """Whom PostgreSQL takes it for, when connected."""
    message: str
    """Of whoever refused; when connected, why nothing could be read."""
    sqlstate: str
    milliseconds: float
    """From the first packet to the session, or to the refusal."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What reading.py reads. After a change: whether the right is `held`."""

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


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
        return as_the_client.connect(question, _TIMEOUT_SECONDS, _roots(question))
    given = {"sslmode": "disable"}
    if question.tls is not Tls.NONE:
        given = {"sslmode": "verify-full", "sslrootcert": str(_roots(question))}
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
    return psycopg.connect(where, password=_password(question), autocommit=True, prepare_threshold=None)


def _roots(question: Question) -> Path:
    right = trust_roots(question.host)
    if question.tls is Tls.VERIFIED:
        return right
    bundles = [Path(str(path)) for path in files("keyless_client").joinpath("roots").iterdir()]
    return next(path for path in sorted(bundles) if path.suffix == ".pem" and path != right)


def _password(question: Question) -> str:
    match question.token:
        case Token.PREVIOUS:
            return passwords.previous(os.environ["DB_SECRET_ARN"])
        case Token.TEXT:
            return _NOBODYS
        case token:
            return _token(question, token)


def _token(question: Question, kind: Token) -> str:
    host = question.token_host if kind is Token.OTHER_HOST else question.host
    region, age = (
        region_of(question.host) or os.environ["AWS_REGION"],
        _EXPIRED if kind is Token.EXPIRED else timedelta(),
    )
    if kind is Token.OTHER_REGION:
        region = next(other for other in _OTHER_REGIONS if other != region)
    good = tokens.sign(_credentials(), host=host, port=question.port, user=question.user, region=region, age=age)
    return tokens.tampered(good) if kind is Token.TAMPERED else good


def _credentials() -> Credentials:
    found = Session().get_credentials()
    if found is None:
        raise RuntimeError("the function has no credentials of its role")
    return found
