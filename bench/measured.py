"""The process that is measured warm, like a Lambda after its first request: reads a job from stdin, writes figures to stdout.

Not imported by anything: `python -m bench.measured`.
"""

import json
import resource
import sys
import time
from typing import Any

import psycopg

from db_access import reconcile
from db_access.spec import AccessSpec


def main() -> None:
    job = json.load(sys.stdin)
    warm_up(job["warm_up"])
    seconds, changes = request(job)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": seconds, "changes": changes, "peak_mb": peak}, sys.stdout)


def request(job: dict[str, Any]) -> tuple[float, int]:
    """What one request of the bootstrap Lambda does, connection included: seconds and changes."""
    begin = time.perf_counter()
    spec = AccessSpec.parse(job["spec"])
    summary = reconcile.converge(lambda: psycopg.connect(job["conninfo"]), spec, spec.databases[0].name)
    return time.perf_counter() - begin, summary.changes


def warm_up(conninfo: str) -> None:
    """The first request: another database, the same code."""
    name = psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]
    request({"spec": {"managed_by": "warm-up", "databases": [{"name": name, "public": "open"}]}, "conninfo": conninfo})


if __name__ == "__main__":
    main()
