"""The secrets of the deployed users, read and rotated as the account's root.

Who else may read them is measured by the lines.
"""

import json
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from keyless.rehearsal.emulator.cloud import Cloud, CloudError

_ROTATION_SECONDS = 60.0
_PAUSE_SECONDS = 0.1


class DeployedSecrets:
    """Each user's secret, by username."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._manager = cloud, cloud.client("secretsmanager")

    @cached_property
    def arns(self) -> Mapping[str, str]:
        pages = self._manager.get_paginator("list_secrets").paginate()
        found = [secret["ARN"] for page in pages for secret in page["SecretList"]]
        values = ((arn, self._credentials(arn)) for arn in found)
        return {str(value["username"]): arn for arn, value in values if "username" in value}

    def password(self, user: str) -> str:
        """The user's current password."""
        return str(self._value(self.arns[user])["password"])

    def rotates(self, user: str) -> bool:
        """Whether a deployed function rotates the user's secret."""
        return user in self.arns and "RotationLambdaARN" in self._manager.describe_secret(SecretId=self.arns[user])

    def rotate(self, user: str) -> None:
        """Rotate the user's secret by the deployed rotation function, and wait for the end.

        Raises:
            CloudError: with the end of the cloud's log when it does not finish.
        """
        arn, deadline = self.arns[user], time.monotonic() + _ROTATION_SECONDS
        version = self._manager.rotate_secret(SecretId=arn)["VersionId"]
        while "AWSCURRENT" not in self._manager.describe_secret(SecretId=arn)["VersionIdsToStages"].get(version, ()):
            if time.monotonic() > deadline:
                raise CloudError(
                    f"the rotation of {arn} has not finished in {_ROTATION_SECONDS:.0f} s. {self._cloud.log_tail()}"
                )
            time.sleep(_PAUSE_SECONDS)

    def _credentials(self, arn: str) -> dict[str, Any]:
        """Nothing of a secret that is no database user's."""
        try:
            value = self._value(arn)
        except (KeyError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _value(self, arn: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._manager.get_secret_value(SecretId=arn)["SecretString"])
        return value
