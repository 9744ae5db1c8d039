"""Removes the probes' stack by CloudFormation alone: neither the app nor its other stacks need be there for it."""

import time
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyless.rehearsal.cdk.process import Progress
from keyless.verify.deployed import Clients

RUN: Final = "keyless:verify-run"
"""The tag by which a verify knows the stack that it has made: keyless_aurora.verify.stack sets it."""
STILL: Final = "still removing the probes, which a signal doesn't end; up to twenty minutes"
_SECONDS: Final = 3600.0
_PAUSE_SECONDS: Final = 2.0


class _FailedError(Exception):
    """CloudFormation could not, or not in time."""


class LeftError(Exception):
    """The probes may still be there. Says where, and how they are removed."""


def remove(clients: Clients, stack: str, progress: Progress, run: str = "") -> bool:
    """Whether there was one; back when it is gone.

    Args:
        run: only the stack that this run has made; without it, that of any verify.

    Raises:
        LeftError: it could not be removed.
    """
    cloudformation = clients("cloudformation")
    try:
        found = described(cloudformation, stack)
        if found is None or (run and not _made_by(run, found)):
            return False
        if not run and not _of_a_verify(found):
            raise _FailedError(f"it lacks the tag {RUN}, so no verify has made it, and it isn't removed")
        progress(f"removing stack {stack}: up to twenty minutes, because Lambda gives network interfaces back late")
        cloudformation.delete_stack(StackName=found["StackId"])
        _wait(cloudformation, found["StackId"])
    except (BotoCoreError, ClientError, _FailedError) as error:
        raise LeftError(
            f"stack {stack} may still be there: {error}; allowed: `keyless verify --remove` for one with probes, or to "
            "delete the stack in CloudFormation"
        ) from error
    return True


def described(cloudformation: Any, stack: str) -> Mapping[str, Any] | None:
    """By name or id; None if it isn't there, or no more."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else dict(found)


def _made_by(run: str, found: Mapping[str, Any]) -> bool:
    """Under review it has no tags yet, and nothing else either."""
    return _tags(found).get(RUN) == run or found["StackStatus"] == "REVIEW_IN_PROGRESS"


def _of_a_verify(found: Mapping[str, Any]) -> bool:
    return RUN in _tags(found) or found["StackStatus"] == "REVIEW_IN_PROGRESS"


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}


def _wait(cloudformation: Any, stack: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while found := described(cloudformation, stack):
        if found["StackStatus"] == "DELETE_FAILED":
            raise _FailedError(f"DELETE_FAILED: {found.get('StackStatusReason', 'CloudFormation says no reason')}")
        if time.monotonic() > deadline:
            raise _FailedError(f"{found['StackStatus']} after {_SECONDS:.0f} s")
        time.sleep(_PAUSE_SECONDS)
