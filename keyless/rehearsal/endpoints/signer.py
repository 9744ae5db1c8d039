"""IAM authentication tokens, signed by botocore: the proxy's own ones, and those of tests."""

from urllib.parse import quote, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_LIFETIME_SECONDS = 900


def sign(credentials: Credentials, *, host: str, port: int, user: str, region: str) -> str:
    """What `generate_db_auth_token` of boto3's RDS client gives, without making a client."""
    query = urlencode({"Action": "connect", "DBUser": user}, quote_via=quote)
    request = AWSRequest(method="GET", url=f"https://{host}:{port}/?{query}")
    SigV4QueryAuth(credentials, "rds-db", region, expires=_LIFETIME_SECONDS).add_auth(request)
    return str(request.url).removeprefix("https://")
