"""A deployed Lambda function: its configuration, and what it returns."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from keyless.rehearsal.emulator.cloud import Cloud

_START_SECONDS: Final = 60
"""For a function's process to start, beside the time that the call itself may take."""


class FunctionError(Exception):
    """A deployed function failed; the message is its own."""

    def __init__(self, message: str, kind: str = "", *, words: str = "", called: bool = True) -> None:
        super().__init__(message)
        self.kind = kind
        """Lambda's errorType: the class of the function's exception, or what Lambda itself says; empty for unknown."""
        self.words = words or message
        """Without the function's name."""
        self.called = called
        """Whether its handler was called: not when its code couldn't be imported."""


def failed(name: str, payload: Any) -> FunctionError:
    """The error for what Lambda returned of a failed call."""
    told = payload if isinstance(payload, dict) else {"errorMessage": payload}
    words, frames = str(told.get("errorMessage", payload)), told.get("stackTrace") or [""]
    called = "in import_module" not in str(frames[0])
    return FunctionError(f"{name}: {words}", str(told.get("errorType", "")), words=words, called=called)


class Function:
    """A deployed Lambda function."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._cloud = cloud
        self.name = name

    @cached_property
    def configuration(self) -> Mapping[str, Any]:
        return dict(self._cloud.client("lambda").get_function_configuration(FunctionName=self.name))

    @property
    def role(self) -> str:
        """The ARN of its execution role."""
        return str(self.configuration["Role"])

    @property
    def environment(self) -> Mapping[str, str]:
        return dict(self.configuration["Environment"]["Variables"])

    @property
    def seconds(self) -> int:
        """How long a call may take."""
        return int(self.configuration["Timeout"])

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """What the function returns. Raises FunctionError."""
        answer = self._caller.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        payload = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise failed(self.name, payload)
        return payload

    @cached_property
    def _caller(self) -> Any:
        return self._cloud.client("lambda", read_timeout=self.seconds + _START_SECONDS)
