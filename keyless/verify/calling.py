"""Calls a deployed function of the app, once."""

import json
from collections.abc import Mapping
from typing import Any

from keyless.rehearsal.deployment.function import failed
from keyless.verify.deployed import Clients


def call(clients: Clients, name: str, event: Mapping[str, Any]) -> Any:
    """What it returns. Raises FunctionError with the function's own message."""
    answer = clients("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise failed(name, payload)
    return payload
