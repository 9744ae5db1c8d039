"""What refused logins to MySQL and MariaDB mean, and what to check, by their numbers and texts.

The numbers are the servers', RDS Proxy's (9501), and from 2000 to 2999 the drivers' own.
https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.troubleshooting.html
"""

from typing import Final, NamedTuple

from keyless_client.refusals import Passing

ACCESS_DENIED: Final = 1045


class Check(NamedTuple):
    """Refusals with one of these numbers, or any, and this part of their text."""

    codes: tuple[int, ...]
    text: str
    passing: Passing
    advice: str


_NOT_READY = (
    "database or proxy aren't ready yet: see their state (aws rds describe-db-instances, and "
    "describe-db-proxy-targets, whose PENDING_PROXY_CAPACITY passes)"
)
_NO_TLS = (
    "the server on {host}:{port} offers no TLS, or somebody in between has taken its offer away: neither token nor "
    "password was sent"
)
TLS: Final = (
    Check((), "isn't encrypted", Passing.NEVER, _NO_TLS),
    Check((), "SSL is required", Passing.NEVER, _NO_TLS),
    Check((), "WRONG_VERSION_NUMBER", Passing.NEVER, _NO_TLS),
    Check(
        (),
        "certificate has expired",
        Passing.NEVER,
        "the server's certificate has expired: check that this machine's clock is right, and that nothing intercepts "
        "the connection",
    ),
    Check((), "ismatch, certificate is not valid for", Passing.NEVER, "the server is not {host}: check MYSQL_HOST"),
    Check(
        (),
        "certificate verify failed",
        Passing.NEVER,
        "the server's certificate is not from an authority that is trusted for this endpoint: check that nothing "
        "intercepts the connection; in China and GovCloud set MYSQL_SSL_CA to AWS's bundle for them",
    ),
    Check(
        (),
        "was asked for; allowed:",
        Passing.NEVER,
        "the server wants something else of {user}, and nothing was sent: check that the access spec has the user with "
        "the auth_method that it logs in by, and is deployed",
    ),
)
CODES: Final = (
    Check(
        (),
        "proxy has no credentials",
        Passing.SETTLES,
        "the proxy cannot log in to the database as {user}: check that its DefaultAuthScheme is IAM_AUTH, that its "
        "role is allowed rds-db:connect on dbuser:…/{user} of the database, and that the access spec has this user",
    ),
    Check(
        (ACCESS_DENIED,),
        "",
        Passing.SETTLES,
        "the token was refused: a new user, or a new role's policy, takes effect up to a minute or so after it was "
        "given; otherwise check that the credentials here are of the role whose user {user} is, that this machine's "
        "clock is right, that the access spec has {user} with auth_method iam and is deployed, that the role is "
        "allowed rds-db:connect on dbuser:…/{user} (of the proxy, prx-…, where "
        "MYSQL_HOST is one), and that MYSQL_HOST is the endpoint's own name",
    ),
    Check(
        (1044,), "", Passing.NEVER, "{user} has no right in database {dbname}: add it to the user in the access spec"
    ),
    Check(
        (1049,),
        "",
        Passing.NEVER,
        "there is no such database: check MYSQL_DATABASE, and that the access spec declares it and is deployed",
    ),
    Check(
        (3118, 4151),
        "",
        Passing.NEVER,
        "the account is locked: the access spec sets enabled to false for {user}, its run has not ended yet, or "
        "somebody has locked it by hand",
    ),
    Check(
        (1203, 1226),
        "",
        Passing.NEVER,
        "{user} already has as many sessions as its connection_limit in the access spec, or the server, allows",
    ),
    Check(
        (1040,),
        "",
        Passing.READY,
        "every connection of the database, or of the proxy, is in use, or too many are made at a time: look for "
        "sessions left open and for pinned ones, then raise max_connections or the capacity",
    ),
    Check(
        (9501,),
        "",
        Passing.READY,
        "every database connection of the proxy is in use: look for transactions left open and for pinned sessions "
        "(DatabaseConnectionsCurrentlySessionPinned), then raise MaxConnectionsPercent or the capacity; or the proxy "
        "has none to the database yet (aws rds describe-db-proxy-targets: PENDING_PROXY_CAPACITY passes)",
    ),
    Check(
        (1524,),
        "",
        Passing.NEVER,
        "the database has no IAM authentication: check that EnableIAMDatabaseAuthentication is on, and is applied",
    ),
    Check(
        (1820, 1862),
        "",
        Passing.NEVER,
        "the password of {user} has expired: rotate its secret, or let the access spec give it auth_method iam",
    ),
    Check((3159,), "", Passing.NEVER, "the server wants TLS: connect through keyless_client, which always uses it"),
    Check(
        (1129, 1130),
        "",
        Passing.NEVER,
        "the database lets nobody in from here: {user} is for another host, or too many logins from here were broken "
        "off (FLUSH HOSTS)",
    ),
    Check(
        (1231,), "", Passing.NEVER, "RDS Proxy doesn't take this character set or setting: leave it out of the login"
    ),
    Check((1251, 2059), "", Passing.NEVER, "the driver can't log in as the server asks it to: take a newer one"),
)
NETWORK: Final = (
    Check(
        (),
        "Connection refused",
        Passing.READY,
        "nothing listens on port {port}: check MYSQL_TCP_PORT, and that the database is running",
    ),
    Check((), "Errno 111", Passing.READY, "nothing listens on port {port}: check MYSQL_TCP_PORT"),
    Check(
        (),
        "timed out",
        Passing.READY,
        "nothing answered in time: check that the function's security group allows traffic to the database's on port "
        "{port}, and that the database's accepts it; or database or proxy aren't ready yet",
    ),
    *(
        Check(
            (),
            text,
            Passing.READY,
            "the name {host} can't be resolved here: check MYSQL_HOST, and that this runs in the database's VPC",
        )
        for text in ("Name or service not known", "nodename nor servname", "No address associated", "name resolution")
    ),
    Check((1053, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2055), "", Passing.READY, _NOT_READY),
    Check((), "reset by peer", Passing.READY, _NOT_READY),
    Check((2003,), "", Passing.READY, _NOT_READY),
    Check((), "EOF occurred", Passing.READY, _NOT_READY),
)
WITH_SECRET: Final = (
    Check(
        (),
        "proxy has no credentials",
        Passing.SETTLES,
        "the proxy cannot log in to the database as {user}: check that its Auth names secret {secret}, and that its "
        "role is allowed secretsmanager:GetSecretValue on it and kms:Decrypt on its key",
    ),
    Check(
        (ACCESS_DENIED,),
        "",
        Passing.SETTLES,
        "the database, or the proxy, has another password for {user} than secret {secret}, or no such user: check that "
        "the secret's last rotation has finished, that the access spec has this user with auth_method password, and "
        "that the proxy's Auth names this secret",
    ),
)
"""What refusals mean for a user with a secret."""
