"""The control channel's server: one JSON line in, one out, on the socket the parent gave us. Runs in ministack's
process.

The socket is also the sign of life: when its other end closes, nobody can use this cloud any more and it ends.
"""

import dataclasses
import json
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from keyless.rehearsal.emulator.iam.judge import judge
from keyless.rehearsal.emulator.iam.sessions import Endpoint, Endpoints, RoleError, role_session

Operation = Callable[[Mapping[str, Any]], Any]
_log = logging.getLogger("keyless.control")


def operations(endpoints: Endpoints) -> dict[str, Operation]:
    """What can be asked, by name."""
    return {
        "judge": lambda asked: dataclasses.asdict(judge(**asked)),
        "session": lambda asked: role_session(**asked),
        "endpoints": lambda asked: endpoints.replace(
            {host: Endpoint(**where) for host, where in asked["table"].items()}
        ),
    }


def serve(channel: socket.socket, known: Mapping[str, Operation]) -> None:
    """Answer until the other end closes."""
    with channel, channel.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(json.dumps(_answer(json.loads(line), known)) + "\n")
            lines.flush()


def _answer(asked: dict[str, Any], known: Mapping[str, Operation]) -> dict[str, Any]:
    try:
        return {"answer": known[asked.pop("operation")](asked)}
    except RoleError as error:
        return {"error": str(error)}
    except Exception as error:  # the channel outlives any defect; the text may hold a token, so only its kind is told
        _log.exception("a control request failed")
        return {"error": f"{type(error).__name__} in the cloud's control channel; its log says where"}
