"""The process of a warm run, like a Lambda's second request: reads a job from stdin, serves the first request, prints
`ready`, waits for a line, serves the second, writes its figures to stdout.

Run as `python -m bench.measured`.
"""

import json
import resource
import sys
import time
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": seconds, "changes": changes, "peak_mb": peak}, sys.stdout)


def request(job: dict[str, Any]) -> tuple[float, int]:
    """What one request of the bootstrap Lambda does, connection included: seconds and changes."""
    begin = time.perf_counter()
    spec = AccessSpec.parse(job["spec"])
    summary = reconcile.converge(lambda: psycopg.connect(job["conninfo"]), spec, spec.databases[0].name)
    return time.perf_counter() - begin, summary.changes


if __name__ == "__main__":
    main()
