"""What refused logins say, whether waiting helps, and what to check.

The texts are those of RDS Proxy, Aurora and libpq. Only the text distinguishes the causes: libpq passes on no SQLSTATE
when a connection is refused.
"""

from enum import Enum
from typing import NamedTuple


class Passing(Enum):
    """Whether a refusal passes without anybody's doing."""

    NEVER = "never"
    SETTLES = "settles"
    """Perhaps, within a minute or so: what was granted a moment ago takes effect. A wrong grant reads the same."""
    READY = "ready"
    """Perhaps, within minutes: database or proxy are being made, wake up, fail over or scale."""


class Check(NamedTuple):
    """A refusal by a part of its text."""

    text: str
    passing: Passing
    advice: str


_NO_TLS = "the connection was not encrypted: connect through keyless_client, which always uses TLS"
_NO_CONNECT = "{user} lacks CONNECT on database {dbname}: add the database to the user in the access spec"
_NO_ADDRESS = "the name {host} can't be resolved here: check PGHOST, and that the function runs in the database's VPC"
_SERVICE = "PGSERVICE names a service of libpq, which would say where to connect: unset it, PGHOST says so"
_FRESH = (
    "a new user's rds_iam, or a new role's policy, takes effect up to a minute or so after it was given; otherwise "
    "check that this machine's clock is right, and "
)
"""Reported for rds_iam: tens of seconds (awslabs/nx-plugin-for-aws#867). PostgreSQL itself counts the membership at
once, so what comes late is RDS's PAM module: its refusal, not that of a password."""
_NOT_READY = (
    "database or proxy aren't ready yet: see their state (aws rds describe-db-instances, and "
    "describe-db-proxy-targets, whose PENDING_PROXY_CAPACITY passes)"
)
_CHECKS = (
    # RDS Proxy
    Check("This RDS Proxy requires TLS", Passing.NEVER, _NO_TLS),
    Check(
        "The IAM authentication failed for the role",
        Passing.SETTLES,
        f"the proxy refused the token: {_FRESH}check that the function's role is allowed rds-db:connect on "
        "dbuser:prx-…/{user} (the proxy's id, not the cluster's), and that PGHOST is the proxy's own name",
    ),
    Check(
        "proxy has no credentials for the role",
        Passing.SETTLES,
        f"the proxy cannot log in to the database as {{user}}: {_FRESH}check that its DefaultAuthScheme is IAM_AUTH, "
        "that its role is allowed rds-db:connect on dbuser:cluster-…/{user}, and that the access spec has this user",
    ),
    Check(
        "Timed-out waiting to acquire database connection",
        Passing.READY,
        "every database connection of the proxy is in use: look for transactions left open and for pinned sessions "
        "(DatabaseConnectionsCurrentlySessionPinned), then raise MaxConnectionsPercent or the capacity; or the proxy "
        "has none to the database yet (aws rds describe-db-proxy-targets: PENDING_PROXY_CAPACITY passes)",
    ),
    Check(
        "Feature not supported", Passing.NEVER, "RDS Proxy doesn't take this setting: leave it out of the connection"
    ),
    # The cluster
    Check(
        "PAM authentication failed for user",
        Passing.SETTLES,
        f"the cluster refused the token: {_FRESH}check that the role is allowed rds-db:connect on "
        "dbuser:cluster-…/{user}, and that PGHOST is the cluster's own name; if {user} "
        "used to log in with a password, it has become a member of rds_iam, perhaps through another role",
    ),
    Check(
        "password authentication failed for user",
        Passing.NEVER,
        "the database treated the token as a password: {user} does not exist or is not a member of rds_iam; deploy "
        "the access spec with this user and auth_method iam",
    ),
    Check("permission denied for database", Passing.NEVER, _NO_CONNECT),
    Check("does not have CONNECT privilege", Passing.NEVER, _NO_CONNECT),
    Check(
        'database "{dbname}" does not exist',
        Passing.NEVER,
        "there is no such database: check PGDATABASE, and that the access spec declares it and is deployed",
    ),
    Check("is not permitted to log in", Passing.NEVER, "the access spec sets enabled or can_login to false for {user}"),
    Check(
        "too many connections for role",
        Passing.NEVER,
        "{user} already has as many sessions as its connection_limit in the access spec allows",
    ),
    Check("no encryption", Passing.NEVER, _NO_TLS),
    Check("pg_hba.conf", Passing.NEVER, "the database lets {user} in by no way from here, whatever it shows"),
    Check("the database system is", Passing.READY, _NOT_READY),
    Check("terminating connection due to", Passing.READY, _NOT_READY),
    # This side
    Check("definition of service", Passing.NEVER, _SERVICE),
    Check("service file", Passing.NEVER, _SERVICE),
    Check("isn't text in UTF-8", Passing.NEVER, "check PGSSLROOTCERT, and what the call itself has given"),
    Check("could not parse network address", Passing.NEVER, "PGHOSTADDR is an address, or isn't set"),
    Check(
        "connection is bad: invalid",
        Passing.NEVER,
        "one of libpq's own variables (such as PGSSLMINPROTOCOLVERSION) has a value that it doesn't take",
    ),
    Check(
        "invalid value for parameter",
        Passing.NEVER,
        "one of libpq's own variables (PGTZ, PGDATESTYLE, PGCLIENTENCODING) has a value that the server doesn't take",
    ),
    Check(
        "server does not support SSL",
        Passing.NEVER,
        "the server on {host}:{port} is neither RDS Proxy nor Aurora with TLS",
    ),
    Check(
        "certificate verify failed",
        Passing.NEVER,
        "the server's certificate is not from an authority that is trusted for this endpoint: check that nothing "
        "intercepts the connection; in China and GovCloud set PGSSLROOTCERT to AWS's bundle for them",
    ),
    Check("does not match host name", Passing.NEVER, "the server is not {host}: check PGHOST and PGHOSTADDR"),
    Check("failed to resolve host", Passing.READY, _NO_ADDRESS),
    Check("could not translate host name", Passing.READY, _NO_ADDRESS),
    Check(
        "timeout expired",
        Passing.READY,
        "nothing answered in time: check that the function's security group allows traffic to the database's on port "
        "{port}, and that the database's accepts it; or database or proxy aren't ready yet",
    ),
    Check(
        "Connection refused",
        Passing.READY,
        "nothing listens on port {port}: check PGPORT, and that the database is running",
    ),
    Check("closed the connection unexpectedly", Passing.READY, _NOT_READY),
    Check("closed unexpectedly", Passing.READY, _NOT_READY),
    Check("unexpected eof", Passing.READY, _NOT_READY),
    Check("Connection reset by peer", Passing.READY, _NOT_READY),
)
_WITH_SECRET = (
    Check(
        "The password that was provided for the role",
        Passing.SETTLES,
        "the proxy has another password for {user} than secret {secret}: check that the proxy's Auth names this "
        "secret, and that its last rotation has finished",
    ),
    Check(
        "proxy has no credentials for the role",
        Passing.SETTLES,
        "the proxy cannot log in to the database as {user}: check that its Auth names secret {secret}, and that its "
        "role is allowed secretsmanager:GetSecretValue on it and kms:Decrypt on its key",
    ),
    Check(
        "password authentication failed for user",
        Passing.SETTLES,
        "the database has another password for {user} than secret {secret}, or no such user: check that the secret's "
        "last rotation has finished, and that the access spec has this user with auth_method password",
    ),
    Check(
        'requirement "scram-sha-256" failed',
        Passing.NEVER,
        "{user} has to log in with IAM there, so the password of secret {secret} was not sent: check that {user} is "
        "not a member of rds_iam, not even through another role, and that the proxy's Auth has IAMAuth DISABLED for it",
    ),
)
"""What texts mean for a user with a secret, before `_CHECKS`."""
_UNKNOWN = Check("", Passing.SETTLES, "")


def check(message: str, *, dbname: str, secret: str | None) -> Check:
    """What a refusal with the other side's `message` is: of a login with the password of `secret`, or with a token."""
    known = (*(_WITH_SECRET if secret else ()), *_CHECKS)
    return next((one for one in known if one.text.replace("{dbname}", dbname) in message), _UNKNOWN)
