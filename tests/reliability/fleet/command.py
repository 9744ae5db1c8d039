"""Runs `keyless fleet` in a process of its own, and knows what it and its workers were."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.database.cli.runner import ROOT
from tests.reliability.fleet.world import Fleet


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str
    most_kilobytes: int
    """Of memory, of the command itself."""

    @property
    def clusters(self) -> dict[str, dict[str, Any]]:
        """By name, of --json; none of them twice."""
        listed = json.loads(self.out)["clusters"]
        named = {one["cluster"]: one for one in listed}
        assert len(named) == len(listed)
        return named


class Running:
    def __init__(self, fleet: Fleet, *arguments: str, **variables: str) -> None:
        roots = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
        others = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AWS_"))}
        self._out, self._err = fleet.folder / "out", fleet.folder / "err"
        command = [sys.executable, "-m", "keyless", "fleet", *arguments, "--config", str(fleet.path)]
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                command,
                env={**others, "PYTHONPATH": roots, "PGPASSFILE": str(fleet.passwords), **variables},
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """On stderr, by now."""
        return self._err.read_text()

    def interrupt(self) -> None:
        """As Ctrl-C at a terminal does: of every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> Ended:
        most = 0
        while self.process.poll() is None:  # rusage begins with what this process had when it forked
            most = max(most, _peak_kilobytes(self.process.pid))
            time.sleep(0.05)
        return Ended(self.process.returncode, self._out.read_text(), self.said, most)


def _peak_kilobytes(pid: int) -> int:
    """As proc(5) has it, VmHWM; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def workers_of(pid: int) -> set[int]:
    """All processes that it has begun, and those that these have."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
