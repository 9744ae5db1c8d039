"""IAM tokens for an endpoint: the proxy's own, and those that an endpoint must refuse."""

from datetime import timedelta

from botocore.credentials import Credentials

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless_probe import tokens

tampered = tokens.tampered


def sign(credentials: Credentials, endpoint: Endpoint, user: str, region: str, *, age: timedelta = timedelta()) -> str:
    """A token to log in at `endpoint` as `user`, as boto3's `generate_db_auth_token` made it `age` ago."""
    return tokens.sign(credentials, host=endpoint.host, port=endpoint.port, user=user, region=region, age=age)


def expired(credentials: Credentials, endpoint: Endpoint, user: str, region: str) -> str:
    """A token that was valid in every way until a minute ago."""
    return tokens.expired(credentials, host=endpoint.host, port=endpoint.port, user=user, region=region)
