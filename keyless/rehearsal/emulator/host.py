"""ministack's process: adds the missing types and services to ministack and serves it.

Started by `process` only, with a listening socket, a control socket (stdin) and a private folder.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from hypercorn.asyncio import serve as serve_http
from hypercorn.config import Config
from ministack.app import app

from keyless.rehearsal.emulator.control.server import Operation, operations, serve
from keyless.rehearsal.emulator.iam import root
from keyless.rehearsal.emulator.iam.door import Door
from keyless.rehearsal.emulator.services import containers, orderable, simulation, sns, stacks
from keyless.rehearsal.emulator.services.functions import destinations, environment, errors, report
from keyless.rehearsal.emulator.services.secrets_manager import access, rotation
from keyless.rehearsal.emulator.throttling import Throttle
from keyless.rehearsal.emulator.types import registry


def main(listener: int, folder: Path) -> None:
    os.chdir(folder)
    root.install()
    registry.install()
    for service in (access, rotation, destinations, errors, report, sns, orderable, containers, simulation):
        service.install()
    pause, places = stacks.Pause(), environment.Places()
    stacks.install(pause)
    environment.install(places)
    served = Throttle(Door(app))
    threading.Thread(target=_control, args=(operations(places, served, pause), folder), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listener}"]
    asyncio.run(serve_http(served, config))


def _control(known: Mapping[str, Operation], folder: Path) -> None:
    try:
        serve(socket.socket(fileno=os.dup(sys.stdin.fileno())), known)
    finally:
        end(folder)


def end(folder: Path) -> None:
    """End the folder, this process and its functions' processes: whoever started us is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
