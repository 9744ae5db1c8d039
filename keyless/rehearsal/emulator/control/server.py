"""The emulator's end of the control channel: one JSON line in, one out. Runs in ministack's own process.

When the other end closes, nobody can use this cloud any more, and the process ends.
"""

import dataclasses
import json
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from keyless.rehearsal.emulator.iam import root
from keyless.rehearsal.emulator.iam.judge import judge
from keyless.rehearsal.emulator.iam.sessions import RoleError, role_session
from keyless.rehearsal.emulator.services.functions.environment import Place, Places
from keyless.rehearsal.emulator.services.stacks import Pause
from keyless.rehearsal.emulator.throttling import Throttle

Operation = Callable[[Mapping[str, Any]], Any]
_log = logging.getLogger("keyless.control")


def operations(places: Places, throttle: Throttle, pause: Pause) -> dict[str, Operation]:
    """The operations that can be requested, by name."""
    return {
        "root": lambda arguments: root.register(**arguments),
        "judge": lambda arguments: dataclasses.asdict(judge(**arguments)),
        "session": lambda arguments: role_session(**arguments),
        "endpoints": lambda arguments: places.replace(
            {host: Place.made(**place) for host, place in arguments["table"].items()}
        ),
        "throttle": lambda arguments: throttle.refuse_first(**arguments),
        "pause": lambda arguments: pause.begin(**arguments),
        "go on": lambda arguments: pause.end(),
    }


def serve(channel: socket.socket, known: Mapping[str, Operation]) -> None:
    """Answer until the other end closes."""
    with channel, channel.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(json.dumps(_answer(json.loads(line), known)) + "\n")
            lines.flush()


def _answer(request: dict[str, Any], known: Mapping[str, Operation]) -> dict[str, Any]:
    try:
        return {"answer": known[request.pop("operation")](request)}
    except RoleError as error:
        return {"error": str(error)}
    except (
        Exception
    ) as error:  # the channel must outlive any defect; the text may hold a token, so only its type is sent
        _log.exception("a control request failed")
        return {"error": f"{type(error).__name__} in the cloud's control channel; its log says where"}
