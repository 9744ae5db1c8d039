"""The IAM token that is used as a password. Signed locally: no network call, no rate limit. Never logged.

A token opens connections for 15 minutes; an open session outlives it. Whether the user may connect is decided when the
token is used.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
"""

from keyless_client.errors import ConnectError

LIFETIME_SECONDS = 900


def auth_token(*, host: str, port: int, user: str, region: str) -> str:
    """A token for `user` at `host`, the endpoint's own name: AWS refuses tokens that name an alias.

    Equals the result of boto3's `generate_db_auth_token`, without the cost of a boto3 client. Signed with the
    credentials that botocore finds: a Lambda's or container's role, a profile, the environment.

    Raises:
        ConnectError: when there are no credentials.
    """
    # Imported here, since a warm invocation needs no token, and this is most of the cost of a cold start's connection.
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.session import Session

    credentials = Session().get_credentials()
    if credentials is None:
        raise ConnectError(
            f"cannot sign a token for {user} on {host}: there are no AWS credentials; allowed: a Lambda's or "
            "container's role, a profile (AWS_PROFILE), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    request = AWSRequest(method="GET", url=f"https://{host}:{port}/", params={"Action": "connect", "DBUser": user})
    SigV4QueryAuth(credentials.get_frozen_credentials(), "rds-db", region, expires=LIFETIME_SECONDS).add_auth(request)
    return str(request.url).removeprefix("https://")
