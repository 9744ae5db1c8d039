"""Which variables a function may have: some decide what code runs or whom it trusts."""

import re

OF_ENGINE = frozenset(
    {
        "PGHOST",
        "PGPORT",
        "PGUSER",
        "MYSQL_HOST",
        "MYSQL_TCP_PORT",
        "MYSQL_USER",
        "DB_MASTER_SECRET_ARN",
        "DB_ENGINE_FAMILY",
        "MASTER",
        "WATCH_USER",
        "DB_CLUSTER_RESOURCE_ID",
        "DEPLOYED_SPEC",
        "MANAGED_BY",
        "CONNECT_SECONDS",
        "LOCK_SECONDS",
    }
)
"""What the engine's functions read (`os.environ` in bootstrap_lambda)."""
OF_DIGESTS = re.compile(r"[A-Z_]*DIGEST[A-Z_]*")
"""Of what they are built from, so that a reviewer sees it change."""
OF_CLIENT = frozenset(
    {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "DB_SECRET_ARN", "DB_LOGIN_SECONDS", "DB_READER_HOST", "DB_ROLE_ARN"}
    | {"MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE"}
    | {"DB_HOST", "DB_PORT", "DB_USER", "DB_NAME"}
)
"""What keyless_client reads, and, of engines that it has nothing for, what a function is told. Others of libpq and
MySQL's programs change host, TLS or session: PGHOSTADDR, PGSSLMODE, PGOPTIONS; MYSQL_SSL_CA, MYSQL_PWD,
MYSQL_UNIX_PORT, LIBMYSQL_ENABLE_CLEARTEXT_PLUGIN."""
NEVER = re.compile(
    r"PG.*|(LIB)?MYSQL_.*|MARIADB_.*|AWS_LAMBDA_EXEC_WRAPPER|AWS_ENDPOINT_URL.*|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CA_BUNDLE)"
    r"|AWS_(CONTAINER|EC2_METADATA)_.*|AWS_(PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|WEB_IDENTITY_TOKEN_FILE|ROLE_ARN)"
    r"|LD_.*|PYTHON.*|NODE_.*|_?JAVA_.*|RUBY.*|(SSL|REQUESTS|CURL)_.*|(HTTPS?|ALL)_PROXY|OPENSSL_.*",
    re.IGNORECASE,
)
"""What loads other code into a function, sends it to another host or trust store, or gives it another role."""


def allowed(name: str, *, engine: bool) -> bool:
    if engine:
        return name in OF_ENGINE or OF_DIGESTS.fullmatch(name) is not None
    return name in OF_CLIENT or NEVER.fullmatch(name) is None
