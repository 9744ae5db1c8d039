"""The process that is measured, like a Lambda's second request: it makes all imports by one preview, then does what
each line of stdin asks, and answers each with a line of figures.

Run as `python -m bench.mysql.measured`. The master's password comes by stdin.
"""

import json
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CLIENT

from bench.mysql.workload import one_by_one
from bench.workload import Size
from bench.workload import spec as document
from db_access.mysql import reconcile
from db_access.spec import AccessSpec


@dataclass(frozen=True)
class Job:
    """One after the other, of a size and a server."""

    size: Size
    user: str
    password: str
    root_certificate: str

    def connect(self, port: int) -> Connection:
        """Over verified TLS, as the engine connects, to the server or a proxy in front of it."""
        return pymysql.connect(
            host="localhost",
            port=port,
            user=self.user,
            password=self.password,
            ssl=ssl.create_default_context(cafile=self.root_certificate),
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )


def _naive(job: Job, port: int) -> int:
    statements = list(one_by_one(job.size))
    with job.connect(port) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return len(statements)


def _converge(job: Job, port: int) -> int:
    return reconcile.converge(partial(job.connect, port), AccessSpec.parse(document(job.size))).changes


def _preview(job: Job, port: int) -> int:
    return reconcile.preview(partial(job.connect, port), AccessSpec.parse(document(job.size))).changes


def _prove(job: Job, port: int) -> int:
    found = reconcile.prove(partial(job.connect, port), AccessSpec.parse(document(job.size)))
    return 0 if found.holds else 1


_DOING: Final[Mapping[str, Callable[[Job, int], int]]] = {
    "one by one": _naive,
    "preview": _preview,
    "first": _converge,
    "no-op": _converge,
    "repair": _converge,
    "prove": _prove,
}


def main() -> None:
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    job = Job(Size(**told["size"]), told["user"], told["password"], told["root_certificate"])
    _preview(job, told["port"])
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        begin = time.perf_counter()
        changes = _DOING[asked["what"]](job, asked["port"])
        print(json.dumps({"seconds": time.perf_counter() - begin, "changes": changes}), flush=True)


if __name__ == "__main__":
    main()
