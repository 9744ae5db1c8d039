"""Reads from CloudFormation's events what a deployment changed, and why something failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_CONSEQUENCE = "cancelled"
"""The reason of a resource that was stopped because another one failed."""


@dataclass(frozen=True)
class Failure:
    """A resource that failed, and CloudFormation's reason."""

    stack: str
    resource: str
    resource_type: str
    reason: str

    @property
    def cause(self) -> str:
        """The reason without the log group and the stack trace that the provider framework appends."""
        text = self.reason.split("\nLogs: ")[0]
        return "\n".join(line for line in text.splitlines() if not line.startswith("    at ")).strip()

    def __str__(self) -> str:
        return f"{self.stack}: {self.resource} ({self.resource_type}): {self.cause}"


def latest_event(cloudformation: Any, stack: str) -> str:
    """The id of the stack's newest event, empty when there is no stack. Nothing happened while it stays the same."""
    return next((event["EventId"] for event in _events(cloudformation, stack)), "")


def failures(cloudformation: Any, stack: str, since: str = "") -> tuple[Failure, ...]:
    """The resources that failed after event `since`, the first cause first, without those merely cancelled."""
    found = []
    for event in _events(cloudformation, stack):
        if event["EventId"] == since:
            break
        if (
            event["ResourceStatus"].endswith("_FAILED")
            and _CONSEQUENCE not in event.get("ResourceStatusReason", _CONSEQUENCE).lower()
        ):
            found.append(
                Failure(stack, event["LogicalResourceId"], event["ResourceType"], event["ResourceStatusReason"])
            )
    return tuple(reversed(found))


def _events(cloudformation: Any, stack: str) -> Iterator[dict[str, Any]]:
    """Newest first. A deleted stack's events are found by its ARN only."""
    try:
        for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from page["StackEvents"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
