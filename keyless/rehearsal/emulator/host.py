"""ministack with what the rehearsal needs in the same process: missing types, token judge, role sessions.

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
from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.control.server import operations, serve
from keyless.rehearsal.emulator.iam.sessions import Endpoints, function_environment
from keyless.rehearsal.emulator.services.functions import destinations
from keyless.rehearsal.emulator.services.secrets_manager import rotation as secrets_manager
from keyless.rehearsal.emulator.types import secrets_manager as secrets
from keyless.rehearsal.emulator.types import sns as topics
from keyless.rehearsal.emulator.types.ec2 import acls, gateways
from keyless.rehearsal.emulator.types.ec2 import security_groups as network
from keyless.rehearsal.emulator.types.rds import proxies
from keyless.rehearsal.emulator.types.stand_ins import STAND_INS

_TYPES = (acls, gateways, network, proxies, secrets, topics)


def main(listener: int, folder: Path) -> None:
    os.chdir(folder)
    install_types()
    for service in (secrets_manager, destinations, topics):
        service.install()
    endpoints = Endpoints()
    install_function_environment(endpoints)
    threading.Thread(target=_control, args=(endpoints, folder), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listener}"]
    asyncio.run(serve_http(app, config))


def install_types() -> None:
    """Teach ministack's CloudFormation the types of STAND_INS, each with its update rules and tags."""
    handlers = {name: handler for types in _TYPES for name, handler in types.HANDLERS.items()}
    for resource_type in STAND_INS:
        provisioners._RESOURCE_HANDLERS[resource_type] = handlers[resource_type]
    for types in _TYPES:
        provisioners._REPLACING_PROPERTIES.update(types.REPLACED_BY)
        for tagged in types.TAGGED:
            provisioners._STACK_TAG_PROPERTY[tagged] = ("Tags", "list")
    secrets.install()


def install_function_environment(endpoints: Endpoints) -> None:
    """Every way in which ministack starts a function asks `execution_credentials` for the role's part of its
    environment."""
    environment = function_environment(endpoints)
    lambda_runtime.execution_credentials = environment
    lambda_svc.execution_credentials = environment


def _control(endpoints: Endpoints, folder: Path) -> None:
    try:
        serve(socket.socket(fileno=os.dup(sys.stdin.fileno())), operations(endpoints))
    finally:
        end(folder)


def end(folder: Path) -> None:
    """End the folder, this process and its functions' processes: whoever started us is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
