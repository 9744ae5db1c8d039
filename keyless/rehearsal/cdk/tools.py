"""The environment that the cdk command line runs in, and the error it ends with."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from keyless.rehearsal.cdk.stack_events import Failure


class CdkError(Exception):
    """A cdk command failed. `failures` holds what CloudFormation's events give as reasons, the first cause first."""

    def __init__(self, message: str, failed: tuple[Failure, ...] = ()) -> None:
        super().__init__(message)
        self.failures = failed


def no_progress(line: str) -> None:
    """The progress callback that ignores every line."""


def environment(aws: Mapping[str, str]) -> dict[str, str]:
    """The operator's environment with nothing of AWS but `aws`, this Python first on the path, and no telemetry."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_DEFAULT_"))}
    no_files = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    quiet = {
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "NODE_NO_WARNINGS": "1",
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)])
    return {**own, **no_files, **quiet, **aws, "PATH": path}
