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
from pathlib import Path

from hypercorn.asyncio import serve as serve_http
from hypercorn.config import Config
from ministack.app import app

from keyless.rehearsal.emulator.control.server import operations, serve
from keyless.rehearsal.emulator.iam import root
from keyless.rehearsal.emulator.iam.door import Door
from keyless.rehearsal.emulator.services import orderable, sns
from keyless.rehearsal.emulator.services.functions import destinations, environment
from keyless.rehearsal.emulator.services.secrets_manager import access, rotation
from keyless.rehearsal.emulator.types import registry


def main(listener: int, folder: Path) -> None:
    os.chdir(folder)
    root.install()
    registry.install()
    for service in (access, rotation, destinations, sns, orderable):
        service.install()
    places = environment.Places()
    environment.install(places)
    threading.Thread(target=_control, args=(places, folder), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listener}"]
    asyncio.run(serve_http(Door(app), config))


def _control(places: environment.Places, folder: Path) -> None:
    try:
        serve(socket.socket(fileno=os.dup(sys.stdin.fileno())), operations(places))
    finally:
        end(folder)


def end(folder: Path) -> None:
    """End the folder, this process and its functions' processes: whoever started us is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
