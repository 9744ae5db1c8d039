"""One run of each kind, timed: the engine in a cold and in a warm process, and the two baselines."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.stage import Stage
from bench.workload import spec

_ROOT = Path(__file__).parents[1]
_SOURCES = os.pathsep.join(str(_ROOT / part) for part in (".", "bootstrap_lambda", "client"))
_NOTHING = {"managed_by": "warm-up", "databases": [{"name": "postgres", "public": "open"}]}
_LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float = 0.0


def warm(stage: Stage, conninfo: str, before: Callable[[], object], *, first: bool = False) -> Run:
    """The second request of a process.

    Args:
        before: called between the two requests.
        first: whether it is the database's first run; then the process's first request is for another database.
    """
    job = {"spec": spec(stage.size), "conninfo": conninfo}
    elsewhere = {"spec": _NOTHING, "conninfo": make_conninfo(stage.conninfo, dbname="postgres")}
    served = elsewhere if first else {**job, "conninfo": stage.conninfo}
    with subprocess.Popen(
        [sys.executable, "-m", "bench.measured"],
        env=_environment(),
        cwd=_ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        to, back = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        print(json.dumps({**job, "before": served}), file=to, flush=True)
        if back.readline() != "ready\n":
            raise RuntimeError("the measured process ended early; its error is above")
        before()
        print(file=to, flush=True)
        answer: dict[str, Any] = json.load(back)
    return Run(answer["seconds"], answer["peak_mb"])


def cold(stage: Stage, conninfo: str, before: Callable[[], object], *, first: bool = False) -> Run:
    """`keyless sync`, from the start of the interpreter to its end, as a pipeline runs it."""
    before()
    settings = {_LIBPQ[key]: str(value) for key, value in conninfo_to_dict(conninfo).items() if key in _LIBPQ}
    with tempfile.TemporaryDirectory() as folder, _quiet() as output:
        config = Path(folder) / "access.json"
        config.write_text(json.dumps(spec(stage.size)), encoding="utf-8")
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "keyless", "sync", "--yes", "--config", config],
            env=_environment(**settings),
            cwd=_ROOT,
            stdout=output,
            stderr=output,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"keyless sync ended with status {process.returncode}")
        return Run(seconds, used.ru_maxrss / 1024)


def as_one_message(conninfo: str, statements: Sequence[str]) -> Run:
    begin = time.perf_counter()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(";".join(statements).encode())
    return Run(time.perf_counter() - begin)


def one_by_one(conninfo: str, statements: Iterator[str]) -> Run:
    begin = time.perf_counter()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    return Run(time.perf_counter() - begin)


def interpreter() -> Run:
    """The start and end of the interpreter alone."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], env=_environment(), check=True)
    return Run(time.perf_counter() - begin)


@contextmanager
def _quiet() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_WRONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "PYTHONPATH": _SOURCES, **settings}
