"""The account of the current credentials."""

import boto3
from botocore.config import Config

from keyless.preflight.account.identity import credentials_errors, identify
from keyless.verify.deployed import Clients
from keyless.verify.plan import Place

_CALL_SECONDS = 910
"""More than a function's longest timeout."""


def clients_of(where: Place) -> Clients:
    """Raises CredentialsError, with what to do, when AWS takes none of this process."""
    with credentials_errors():
        session = boto3.session.Session(region_name=where.region)
        sts = session.client("sts")
    identify(sts)
    patient = Config(read_timeout=_CALL_SECONDS)  # or a call that lasts would be made a second time
    return lambda service: session.client(service, config=patient)  # type: ignore[call-overload]
