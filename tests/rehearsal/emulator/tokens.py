"""IAM database tokens by botocore's own signer, at a time of our choosing. For tests."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from keyless.rehearsal.emulator.cloud import RoleSession


def sign(who: RoleSession, host: str, port: int, user: str, region: str, age: int = 0) -> str:
    """A token as botocore makes it, `age` seconds ago."""
    request = AWSRequest("GET", f"https://{host}:{port}/?{urlencode({'Action': 'connect', 'DBUser': user})}")
    credentials = Credentials(who.access_key_id, who.secret_access_key, who.session_token or None)
    auth = Aged(credentials, "rds-db", region, expires=900)
    auth.age = dt.timedelta(seconds=age)
    auth.add_auth(request)
    return str(request.url).removeprefix("https://")


class Aged(SigV4QueryAuth):
    """botocore's signer at an earlier time: it reads the clock only for the request's timestamp."""

    age = dt.timedelta()

    def _modify_request_before_signing(self, request: Any) -> None:
        moment = dt.datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ") - self.age
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs lack it
