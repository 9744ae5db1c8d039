"""Clients for one region, with the operator's own credentials. Nothing is sent before the first question."""

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

from keyless.preflight.account.identity import CredentialsError, credentials_errors
from keyless.preflight.account.reader import Clients

_PATIENCE: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
"""Seconds. A preflight that hangs is worse than one that says that it got no answer."""

_BUNDLE: Final = (
    "unset AWS_CA_BUNDLE       # or REQUESTS_CA_BUNDLE, or ca_bundle in ~/.aws/config; or name a PEM file there",
)


@dataclass(frozen=True)
class Connection:
    signed: Clients
    unsigned: Clients
    """For AWS's clock, which answers without credentials, too."""


class Connections:
    """Makes connections from AWS_PROFILE and what else boto3 reads, and AWS_REGION, which it doesn't read, and which
    the AWS command line puts before AWS_DEFAULT_REGION.

    Raises:
        CredentialsError: when these contradict each other or aren't valid. The clients do so too.
    """

    def __init__(self) -> None:
        with credentials_errors():
            core = botocore.session.get_session()
            if region := os.environ.get("AWS_REGION"):
                core.set_config_variable("region", region)
            self._session = boto3.session.Session(botocore_session=core)
            self.region: str | None = self._session.region_name
            bundle = core.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE")
        if bundle:
            _refuse_bundle(str(bundle))

    def refuse_none(self) -> None:
        """Raises CredentialsError when there are no credentials at all. Whether AWS takes them isn't asked."""
        with credentials_errors():
            if self._session.get_credentials() is None:
                raise NoCredentialsError

    def to(self, region: str) -> Connection:
        def clients(config: Config) -> Clients:
            return lambda service: self._client(service, region, config)

        return Connection(clients(_PATIENCE), clients(_PATIENCE.merge(Config(signature_version=UNSIGNED))))

    def _client(self, service: str, region: str, config: Config) -> Any:
        with credentials_errors():
            return self._session.client(service, region_name=region, config=config)  # type: ignore[call-overload]


def _refuse_bundle(path: str) -> None:
    """One that can't be used fails each request, with an error that doesn't name it."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(**{"capath" if Path(path).is_dir() else "cafile": path})
    except (OSError, ValueError) as error:
        raise CredentialsError(f"{path!r} has no certificates to check AWS's with: {error}", _BUNDLE) from error
