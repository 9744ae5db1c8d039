"""A login by the client itself: it makes the token or reads the secret, and decides how the server is verified. What is
measured so is the client, not a likeness."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from keyless_client import secret
from keyless_client.connection import open_connection
from keyless_client.trust import region_of
from keyless_probe.question import Question, Tls, Token


def connect(question: Question, timeout: int, roots: Path) -> "psycopg.Connection[tuple[Any, ...]]":
    """Within `timeout` seconds. The client finds the roots by itself, unless they are to be the wrong ones.

    Raises:
        ConnectError: the client's own, which also has the words of PostgreSQL or the proxy, if it came that far.
    """
    arn = os.environ["DB_SECRET_ARN"] if question.token is Token.SECRET else None
    if arn:
        secret.renewed(arn, question.user)  # a probe stays warm across a rotation
    with _variables({"PGHOSTADDR": question.hostaddr} if question.hostaddr else {}):
        return open_connection(
            host=question.host,
            port=question.port,
            user=question.user,
            dbname=question.database,
            region=region_of(question.host) or os.environ["AWS_REGION"],
            secret_arn=arn,
            connect_timeout=timeout,
            autocommit=True,
            application_name="keyless verify",
            roots=roots if question.tls is Tls.OTHER_ROOTS else None,  # no variable: libpq would read it, too
        )


@contextmanager
def _variables(given: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
