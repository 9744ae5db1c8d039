"""Starts a program and says what it took: reads nothing, writes `{"seconds", "peak_mb", "status"}` to stdout.

Run as `python -S -m bench.launched PROGRAM ARGUMENT...`. A process counts what it was before `exec` to its peak, which
is a copy of its parent: so the parent has to be small, and this one imports next to nothing.
"""

import os
import sys
import time


def main() -> None:
    begin = time.perf_counter()
    child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=_quiet())
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    ended = os.waitstatus_to_exitcode(status)
    print(f'{{"seconds": {seconds}, "peak_mb": {used.ru_maxrss / 1024}, "status": {ended}}}')


def _quiet() -> list[tuple[int, int, str, int, int]]:
    return [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]


if __name__ == "__main__":
    main()
