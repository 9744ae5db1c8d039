"""Clients for one region, with the operator's own credentials. Nothing is sent before the first question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from keyless.preflight.account.identity import unusable
from keyless.preflight.account.reader import Clients

_PATIENCE: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
"""Seconds. A preflight that hangs is worse than one that says that it got no answer."""


@dataclass(frozen=True)
class Connection:
    signed: Clients
    unsigned: Clients
    """For AWS's clock, which answers without credentials, too."""


class Connections:
    """Makes connections from AWS_PROFILE, AWS_REGION and what else boto3 reads.

    Raises:
        CredentialsError: when these contradict each other.
    """

    def __init__(self) -> None:
        try:
            self._session = boto3.session.Session()
            self.region: str | None = self._session.region_name
        except BotoCoreError as error:
            raise unusable(error) from error

    def to(self, region: str) -> Connection:
        def clients(config: Config) -> Clients:
            client: Callable[..., object] = self._session.client
            return lambda service: client(service, region_name=region, config=config)

        return Connection(clients(_PATIENCE), clients(_PATIENCE.merge(Config(signature_version=UNSIGNED))))
