"""One run of each kind, timed: the engine in a cold and in a warm process, and the two baselines."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psycopg
import yaml
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.stage import Stage
from bench.workload import spec

ROOT = Path(__file__).parents[1]
_SOURCES = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
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
        env=environment(),
        cwd=ROOT,
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
    """`keyless sync` with a spec in YAML, from the start of the interpreter to its end, as a pipeline runs it."""
    before()
    settings = {_LIBPQ[key]: str(value) for key, value in conninfo_to_dict(conninfo).items() if key in _LIBPQ}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "access.yaml"
        config.write_text(yaml.safe_dump(spec(stage.size), sort_keys=False), encoding="utf-8")
        return launched("-m", "keyless", "sync", "--yes", "--config", str(config), **settings)


def launched(*arguments: str, **settings: str) -> Run:
    """A Python of its own, with nothing of this process in its figures."""
    answer = json.loads(
        subprocess.check_output(
            [sys.executable, "-S", "-m", "bench.launched", sys.executable, *arguments],
            env=environment(**settings),
            cwd=ROOT,
        )
    )
    if answer["status"]:
        raise RuntimeError(f"python {' '.join(arguments)} ended with status {answer['status']}")
    return Run(answer["seconds"], answer["peak_mb"])


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
    return launched("-c", "pass")


def environment(**settings: str) -> dict[str, str]:
    """Of a measured program: this one's, but without settings of libpq and of Python, one of which would have it
    compile every module each time; and `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTHON"))}
    return {**kept, "PYTHONPATH": _SOURCES, **settings}
