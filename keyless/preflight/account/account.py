"""One account and region as the checks see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keyless.preflight.account.identity import Identity
from keyless.preflight.account.reader import Reader
from keyless.preflight.finding import UnansweredError
from keyless.preflight.planned.stack import Resource


@dataclass(frozen=True)
class Deployed:
    """A stack that exists, in whatever state."""

    status: str
    protected: bool
    """It has termination protection."""
    resources: Mapping[str, str]
    """Logical id -> physical id."""


@dataclass(frozen=True)
class Account:
    reader: Reader
    identity: Identity
    region: str
    _stacks: dict[str, Deployed | None] = field(default_factory=dict, repr=False)

    @property
    def pseudo(self) -> Mapping[str, str]:
        """The template parameters that AWS sets."""
        return {
            "AWS::AccountId": self.identity.account,
            "AWS::Partition": self.identity.partition,
            "AWS::Region": self.region,
        }

    def deployed(self, stack: str) -> Deployed | None:
        """The stack of that name; None if there is none. Asks once."""
        if stack not in self._stacks:
            self._stacks[stack] = self._read_stack(stack)
        return self._stacks[stack]

    def physical_id(self, resource: Resource) -> str | None:
        """What the resource is now, if its stack has made it already."""
        deployed = self.deployed(resource.stack)
        return deployed.resources.get(resource.logical_id) if deployed else None

    def _read_stack(self, name: str) -> Deployed | None:
        if (found := self._described(name)) is None:
            return None
        summaries = self.reader.items("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=name)
        there = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in summaries
            if each.get("PhysicalResourceId") and not each["ResourceStatus"].startswith("DELETE_COMPLETE")
        }
        return Deployed(found["StackStatus"], bool(found.get("EnableTerminationProtection")), there)

    def _described(self, name: str) -> dict[str, Any] | None:
        """CloudFormation has no error code of its own for a stack that isn't there: ValidationError, as for others."""
        try:
            stacks: list[dict[str, Any]] = self.reader.read("cloudformation", "DescribeStacks", StackName=name)[
                "Stacks"
            ]
        except UnansweredError as error:
            if "does not exist" in str(error):
                return None
            raise
        return stacks[0] if stacks else None
