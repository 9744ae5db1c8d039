"""The one error of this package, with advice on what to check. Never holds a token or a password.

The texts are those of RDS Proxy, Aurora and libpq. Only the text distinguishes the causes: libpq passes on no SQLSTATE
when a connection is refused.
"""

_NO_TLS = "the connection was not encrypted: connect through keyless_client, which always uses TLS"
_NO_CONNECT = "{user} lacks CONNECT on database {dbname}: add the database to the user in the access spec"
_NO_ADDRESS = "the name {host} can't be resolved here: check PGHOST, and that the function runs in the database's VPC"
_CHECKS = (
    # RDS Proxy
    ("This RDS Proxy requires TLS", _NO_TLS),
    (
        "The IAM authentication failed for the role",
        "the proxy refused the token: check that the function's role is allowed rds-db:connect on dbuser:prx-…/{user} "
        "(the proxy's id, not the cluster's), that PGHOST is the proxy's own name, and that AWS_REGION is its region",
    ),
    (
        "proxy has no credentials for the role",
        "the proxy cannot log in to the database as {user}: check that its DefaultAuthScheme is IAM_AUTH, that its "
        "role is allowed rds-db:connect on dbuser:cluster-…/{user}, and that the access spec has this user",
    ),
    (
        "Timed-out waiting to acquire database connection",
        "every database connection of the proxy is in use: look for transactions left open and for pinned sessions "
        "(DatabaseConnectionsCurrentlySessionPinned), then raise MaxConnectionsPercent or the capacity",
    ),
    # The cluster
    (
        "PAM authentication failed for user",
        "the cluster refused the token: check that the role is allowed rds-db:connect on dbuser:cluster-…/{user}, "
        "that PGHOST is the cluster's own name, and that AWS_REGION is its region; if {user} used to log in with a "
        "password, it has become a member of rds_iam, perhaps through another role",
    ),
    (
        "password authentication failed for user",
        "the database treated the token as a password: {user} does not exist or is not a member of rds_iam; deploy "
        "the access spec with this user and auth_method iam",
    ),
    ("permission denied for database", _NO_CONNECT),
    ("does not have CONNECT privilege", _NO_CONNECT),
    ("is not permitted to log in", "the access spec sets enabled or can_login to false for {user}"),
    (
        "too many connections for role",
        "{user} already has as many sessions as its connection_limit in the access spec allows",
    ),
    ("no encryption", _NO_TLS),
    # This side
    ("server does not support SSL", "the server on {host}:{port} is neither RDS Proxy nor Aurora with TLS"),
    (
        "certificate verify failed",
        "the server's certificate is not from an authority that is trusted for this endpoint: check that nothing "
        "intercepts the connection; in China and GovCloud set PGSSLROOTCERT to AWS's bundle for them",
    ),
    ("does not match host name", "the server is not {host}: check PGHOST and PGHOSTADDR"),
    ("failed to resolve host", _NO_ADDRESS),
    ("could not translate host name", _NO_ADDRESS),
    (
        "timeout expired",
        "nothing answered in time: check that the function's security group allows traffic to the database's on port "
        "{port}, and that the database's accepts it",
    ),
    ("Connection refused", "nothing listens on port {port}: check PGPORT, and that the database is running"),
)
_CHECKS_WITH_SECRET = (
    (
        "The password that was provided for the role",
        "the proxy has another password for {user} than secret {secret}: check that the proxy's Auth names this "
        "secret, and that its last rotation has finished",
    ),
    (
        "proxy has no credentials for the role",
        "the proxy cannot log in to the database as {user}: check that its Auth names secret {secret}, and that its "
        "role is allowed secretsmanager:GetSecretValue on it and kms:Decrypt on its key",
    ),
    (
        "password authentication failed for user",
        "the database has another password for {user} than secret {secret}, or no such user: check that the secret's "
        "last rotation has finished, and that the access spec has this user with auth_method password",
    ),
    (
        'requirement "scram-sha-256" failed',
        "{user} has to log in with IAM there, so the password of secret {secret} was not sent: check that {user} is "
        "not a member of rds_iam, not even through another role, and that the proxy's Auth has IAMAuth DISABLED for it",
    ),
)
"""What texts mean for a user with a secret, before `_CHECKS`."""


class ConnectError(Exception):
    """No connection: what was tried, what to check, and the other side's message."""


def refusal(message: str, *, host: str, port: int, user: str, dbname: str, secret: str | None = None) -> ConnectError:
    """The error for a login, with a token or with the password of `secret`, that ended with the other side's
    `message`."""
    checks = (*(_CHECKS_WITH_SECRET if secret else ()), *_CHECKS)
    advice = next((check for text, check in checks if text in message), "")
    check = advice.format(host=host, port=port, user=user, dbname=dbname, secret=secret)
    attempt = f"cannot connect to database {dbname} on {host}:{port} as {user}"
    return ConnectError(": ".join(part for part in (attempt, check, message.strip()) if part))
