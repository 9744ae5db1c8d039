"""IAM roles in this process's ministack, whose verifier and evaluator judge their tokens."""

import secrets
import time
from dataclasses import dataclass, replace
from datetime import timedelta

from botocore.credentials import Credentials
from ministack.core.responses import request_scope
from ministack.services import iam, sts

from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint

ACCOUNT, REGION = "123456789012", "eu-central-1"
USER = "lambda_writer"


def grant(endpoint: Endpoint, user: str = USER) -> str:
    """The resource that lets a role connect to the endpoint as `user`."""
    return f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{endpoint.resource_id}/{user}"


@dataclass
class Role:
    """An IAM role in ministack, allowed to connect to `resources`, which may be changed at any time."""

    name: str
    resources: list[str]

    def __post_init__(self) -> None:
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/session"
        self.credentials = Credentials(
            f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_hex(100)
        )
        statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": self.resources}
        session = {
            "Arn": arn,
            "AccountId": ACCOUNT,
            "UserId": "AROA:session",
            "SessionToken": self.credentials.token,
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": self.credentials.secret_key,
            "Expiration": time.time() + 3600,
        }
        sts.register_session(self.credentials.access_key, session)
        with request_scope(ACCOUNT, REGION):
            iam._roles[self.name] = {"InlinePolicies": {"connect": {"Version": "2012-10-17", "Statement": statement}}}

    def token(
        self,
        endpoint: Endpoint,
        user: str = USER,
        *,
        host: str = "",
        region: str = REGION,
        age: timedelta = timedelta(),
    ) -> str:
        return tokens.sign(self.credentials, replace(endpoint, host=host or endpoint.host), user, region, age=age)
