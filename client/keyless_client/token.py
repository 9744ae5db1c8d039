"""The IAM token that is used as a password. Signed locally: no network call, no rate limit. Never logged.

A token opens connections for 15 minutes; an open session outlives it. Whether the user may connect is decided when the
token is used.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html

It is a presigned request, signed here by AWS's Signature Version 4 with what Python brings: botocore, which does the
same, costs a function's first call as much as everything else together.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from functools import lru_cache
from time import gmtime, strftime, time
from urllib.parse import quote

from keyless_client.credentials import Key, current_key

LIFETIME_SECONDS = 900
_ALGORITHM, _SERVICE = "AWS4-HMAC-SHA256", "rds-db"
_NO_BODY = hashlib.sha256(b"").hexdigest()


def auth_token(*, host: str, port: int, user: str, region: str, key: Key | None = None) -> str:
    """A token for `user` at `host`, the endpoint's own name: AWS refuses tokens that name an alias.

    Equals the result of boto3's `generate_db_auth_token`. Signed with the credentials that boto3 would find: a
    Lambda's or container's role, a profile, the environment; or with `key`, an assumed role's.

    Raises:
        ConnectError: when there are no credentials, or none that can be read.
    """
    key = key or current_key(f"cannot sign a token for {user} on {host}")
    return signed(key, host=host, port=port, user=user, region=region, moment=time())


def signed(key: Key, *, host: str, port: int, user: str, region: str, moment: float) -> str:
    """The token that `key` signs at `moment`, in seconds since 1970."""
    now = strftime("%Y%m%dT%H%M%SZ", gmtime(moment))
    scope = f"{now[:8]}/{region}/{_SERVICE}/aws4_request"
    query = _query(key, user, now, scope)
    request = f"GET\n/\n{'&'.join(sorted(query))}\nhost:{host.lower()}:{port}\n\nhost\n{_NO_BODY}"
    to_sign = f"{_ALGORITHM}\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_signing_key(key.secret, now[:8], region), to_sign.encode(), "sha256").hex()
    return f"{host}:{port}/?{'&'.join(query)}&X-Amz-Signature={signature}"


def _query(key: Key, user: str, now: str, scope: str) -> list[str]:
    """The parameters in boto3's order."""
    parameters = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{key.id}/{scope}",
        "X-Amz-Date": now,
        "X-Amz-Expires": str(LIFETIME_SECONDS),
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Security-Token": key.session_token,
    }
    return [f"{name}={quote(value, safe='-_.~')}" for name, value in parameters.items() if value]


@lru_cache(maxsize=1)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    derived = f"AWS4{secret}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    return derived
