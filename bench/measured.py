"""The process of a warm run, like a Lambda's second request: reads a job from stdin, serves the first request, prints
`ready`, waits for a line, serves the second, writes its figures to stdout.

Run as `python -m bench.measured`.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec


def main() -> None:
    job = json.loads(sys.stdin.readline())
    request(job["before"])
    print("ready", flush=True)
    sys.stdin.readline()
    seconds, changes = request(job)
    json.dump({"seconds": seconds, "changes": changes, "peak_mb": peak_mb()}, sys.stdout)


def peak_mb() -> float:
    """The largest resident set of the program since `exec`: getrusage(2) would count the parent's, which it was a copy
    of before."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError("/proc/self/status says no VmHWM")
    return int(found[1]) / 1024


def request(job: dict[str, Any]) -> tuple[float, int]:
    """What one request of the bootstrap Lambda does, connection included: seconds and changes."""
    begin = time.perf_counter()
    spec = AccessSpec.parse(job["spec"])
    summary = reconcile.converge(lambda: psycopg.connect(job["conninfo"]), spec, spec.databases[0].name)
    return time.perf_counter() - begin, summary.changes


if __name__ == "__main__":
    main()
