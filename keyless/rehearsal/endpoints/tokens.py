"""Tokens of the kinds that an endpoint must tell apart: good, old, tampered, and for another region. Signed by
botocore."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from keyless.rehearsal.endpoints.endpoint import Endpoint

_LIFETIME = timedelta(minutes=15)


class _SignedEarlier(SigV4QueryAuth):
    """Signs as if `age` ago."""

    def __init__(self, credentials: Credentials, region: str, age: timedelta) -> None:
        super().__init__(credentials, "rds-db", region, expires=int(_LIFETIME.total_seconds()))
        self._signed_at = (datetime.now(UTC) - age).strftime("%Y%m%dT%H%M%SZ")

    def _modify_request_before_signing(self, request: AWSRequest) -> Any:
        request.context["timestamp"] = self._signed_at
        return super()._modify_request_before_signing(request)  # type: ignore[misc]  # botocore's own hook, which its stubs leave out


def token(credentials: Credentials, endpoint: Endpoint, user: str, region: str, *, age: timedelta = timedelta()) -> str:
    """A token to log in at `endpoint` as `user`, signed `age` ago."""
    query = urlencode({"Action": "connect", "DBUser": user}, quote_via=quote)
    request = AWSRequest(method="GET", url=f"https://{endpoint.host}:{endpoint.port}/?{query}")
    _SignedEarlier(credentials, region, age).add_auth(request)
    return str(request.url).removeprefix("https://")


def expired(credentials: Credentials, endpoint: Endpoint, user: str, region: str) -> str:
    """Valid in every way until a minute ago."""
    return token(credentials, endpoint, user, region, age=_LIFETIME + timedelta(minutes=1))


def tampered(good: str) -> str:
    """The same token with the last digit of its signature changed."""
    return good[:-1] + ("0" if good[-1] != "0" else "1")
