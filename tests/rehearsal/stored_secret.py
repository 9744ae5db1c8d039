"""A secret on a running cloud, and a role that may read it."""

import json
from dataclasses import dataclass
from typing import Any

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import allow

VIA = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}
VALUE = {"username": "writer", "password": "the-first-one"}


@dataclass
class StoredSecret:
    """A secret with a key of its own, and a role that may read it."""

    cloud: Cloud
    arn: str
    key: str
    role: str

    @property
    def rights(self) -> list[dict[str, Any]]:
        read = {"Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "Resource": self.arn}
        return [read, {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": self.key, "Condition": VIA}]

    @property
    def name(self) -> str:
        return self.role.rsplit("/", 1)[-1]

    def allow(self, *statements: dict[str, Any]) -> None:
        allow(self.cloud, self.name, *statements)

    def client(self, service: str = "lambda.amazonaws.com") -> Any:
        return self.cloud.client("secretsmanager", self.cloud.role_session(self.role, service))

    def read(self) -> Any:
        return json.loads(self.client().get_secret_value(SecretId=self.arn)["SecretString"])
