"""The function's password before its last rotation."""

import json
import logging
from typing import Any

from botocore.session import Session


def previous(arn: str) -> str:
    """Secrets Manager moves AWSPREVIOUS to its version when AWSCURRENT moves on (API reference,
    UpdateSecretVersionStage)."""
    logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # its debug lines hold whole responses
    client: Any = Session().create_client("secretsmanager", region_name=arn.split(":")[3])
    answer = client.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")
    return str(json.loads(answer["SecretString"])["password"])
