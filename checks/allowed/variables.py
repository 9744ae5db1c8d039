"""Which variables a function may have: some decide what code runs or whom it trusts."""

import re

OF_ENGINE = frozenset(
    {
        "PGHOST",
        "PGPORT",
        "PGUSER",
        "MASTER",
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
OF_CLIENT = frozenset({"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "DB_SECRET_ARN"})
"""What keyless_client reads. libpq's others change host, TLS or session: PGHOSTADDR, PGSSLMODE, PGOPTIONS."""
NEVER = re.compile(
    r"PG.*|AWS_LAMBDA_EXEC_WRAPPER|AWS_ENDPOINT_URL.*|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CA_BUNDLE)"
    r"|LD_.*|PYTHON.*|NODE_.*|_?JAVA_.*|RUBY.*|(SSL|REQUESTS|CURL)_.*|(HTTPS?|ALL)_PROXY|OPENSSL_.*",
    re.IGNORECASE,
)
"""What loads other code into a function, or sends it to another host or trust store."""


def allowed(name: str, *, engine: bool) -> bool:
    if engine:
        return name in OF_ENGINE or OF_DIGESTS.fullmatch(name) is not None
    return name in OF_CLIENT or NEVER.fullmatch(name) is None
