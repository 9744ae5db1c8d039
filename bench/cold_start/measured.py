"""A function's process: imports an app as Lambda does when it starts, then asks it for tokens, or calls it once within
a CPU quota. Reads a job as its argument, writes figures to stdout.

Run as `python -I -B measured.py JOB`. It imports next to nothing itself, or that would be missing in what apps import.
"""

import json
import os
import socket
import sys
import time
from typing import Any

_LATER = 200


def main() -> None:
    job = json.loads(sys.argv[1])
    sys.path[:0] = job["paths"]
    _divert(job["host"], job["address"])
    begin = time.process_time()
    app = __import__(job["app"], fromlist=["app"])
    figures = {"import": time.process_time() - begin}
    figures |= _called(app, job["quota"]) if job["call"] else _tokens(app)
    json.dump(figures, sys.stdout)


def _tokens(app: Any) -> dict[str, float]:
    begin = time.process_time()
    app.token()
    first = time.process_time()
    for _ in range(_LATER):
        app.token()
    return {"first token": first - begin, "later token": (time.process_time() - first) / _LATER}


def _called(app: Any, quota: str | None) -> dict[str, float]:
    """The first call; `quota`: the file that moves this process under its quota, as Lambda does after the start."""
    if quota:
        with open(quota, "w") as file:  # noqa: PTH123 - pathlib isn't everybody's import
            file.write(str(os.getpid()))
    known, begin, cpu = len(sys.modules), time.perf_counter(), time.process_time()
    app.call()
    figures = {"call": time.perf_counter() - begin, "call's cpu": time.process_time() - cpu}
    return figures | {"call's modules": len(sys.modules) - known}


def _divert(host: str, address: str) -> None:
    """Let `host` be where its stand-in listens, at the real resolver's cost for Python, which encodes what is text."""
    resolve = socket.getaddrinfo

    def diverted(name: Any, *arguments: Any, **options: Any) -> Any:
        if name == host:
            name.encode("idna")
            return resolve(address, *arguments, **options)
        if name == host.encode():
            return resolve(address.encode(), *arguments, **options)
        return resolve(name, *arguments, **options)

    setattr(socket, "getaddrinfo", diverted)  # noqa: B010 - it has another type


if __name__ == "__main__":
    main()
