"""A deployed Lambda function: its configuration, and what it returns."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from keyless.rehearsal.emulator.cloud import Cloud


class FunctionError(Exception):
    """A deployed function failed; the message is its own."""


class Function:
    """A deployed Lambda function."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._lambda = cloud.client("lambda")
        self.name = name

    @cached_property
    def configuration(self) -> Mapping[str, Any]:
        return dict(self._lambda.get_function_configuration(FunctionName=self.name))

    @property
    def role(self) -> str:
        """The ARN of its execution role."""
        return str(self.configuration["Role"])

    @property
    def environment(self) -> Mapping[str, str]:
        return dict(self.configuration["Environment"]["Variables"])

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """What the function returns. Raises FunctionError."""
        answer = self._lambda.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        payload = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise FunctionError(f"{self.name}: {payload.get('errorMessage', payload)}")
        return payload
