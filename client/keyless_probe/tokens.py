"""IAM tokens of database logins, signed by botocore: good ones, and those that an endpoint must refuse."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

LIFETIME = timedelta(minutes=15)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class _SignedEarlier(SigV4QueryAuth):
    """botocore's signer `age` ago: it reads the clock only for the request's timestamp."""

    def __init__(self, credentials: Credentials, region: str, age: timedelta) -> None:
        super().__init__(credentials, "rds-db", region, expires=int(LIFETIME.total_seconds()))
        self._age = age

    def _modify_request_before_signing(self, request: AWSRequest) -> Any:
        signed_at = datetime.strptime(request.context["timestamp"], _TIMESTAMP) - self._age
        request.context["timestamp"] = signed_at.strftime(_TIMESTAMP)
        return super()._modify_request_before_signing(request)  # type: ignore[misc]  # botocore's own hook, which its stubs leave out


def sign(
    credentials: Credentials, *, host: str, port: int, user: str, region: str, age: timedelta = timedelta()
) -> str:
    """A token to log in at `host` as `user`, as boto3's `generate_db_auth_token` made it `age` ago."""
    query = urlencode({"Action": "connect", "DBUser": user}, quote_via=quote)
    request = AWSRequest(method="GET", url=f"https://{host}:{port}/?{query}")
    _SignedEarlier(credentials, region, age).add_auth(request)
    return str(request.url).removeprefix("https://")


def expired(credentials: Credentials, *, host: str, port: int, user: str, region: str) -> str:
    """A token that was valid in every way until a minute ago."""
    return sign(credentials, host=host, port=port, user=user, region=region, age=LIFETIME + timedelta(minutes=1))


def tampered(good: str) -> str:
    """The same token with the last digit of its signature changed."""
    return good[:-1] + ("0" if good[-1] != "0" else "1")
