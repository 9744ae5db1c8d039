"""The measured process, asked line by line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, cast

from bench.mysql.stage import MASTER, PASSWORD, Stage
from bench.runs import ROOT, environment


@dataclass(frozen=True)
class Run:
    seconds: float
    changes: int


@dataclass(frozen=True)
class Process:
    to: IO[str]
    back: IO[str]

    def run(self, what: str, port: int) -> Run:
        print(json.dumps({"what": what, "port": port}), file=self.to, flush=True)
        if not (answer := self.back.readline()):
            raise RuntimeError(f"the measured process ended at {what}; its error is above")
        return Run(**json.loads(answer))


@contextmanager
def started(stage: Stage) -> Iterator[Process]:
    job = {
        "size": asdict(stage.size),
        "port": stage.server.port,
        "user": MASTER,
        "password": PASSWORD,
        "root_certificate": str(stage.server.root_certificate),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bench.mysql.measured"],
        env=environment(),
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        process = Process(cast("IO[str]", child.stdin), cast("IO[str]", child.stdout))
        print(json.dumps(job), file=process.to, flush=True)
        if process.back.readline() != "ready\n":
            raise RuntimeError("the measured process ended early; its error is above")
        yield process
