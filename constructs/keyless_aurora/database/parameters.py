"""PostgreSQL's parameters for every database that this app makes."""

from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.settings.database import Protection

LOG_EXPORTS = ("postgresql", "iam-db-auth-error")
_ALWAYS = {
    "rds.force_ssl": "1",
    "log_connections": "1",  # CloudTrail doesn't record IAM logins: these lines are the audit trail
    "log_disconnections": "1",
    "log_statement": "ddl",
    "log_min_duration_statement": "1000",
}
_AUDIT = {
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "role,ddl",
}


class Parameters(rds.ParameterGroup):
    """TLS only, logins and definitions logged; with `protection.audit` by pgaudit too."""

    def __init__(
        self, scope: Construct, id: str, *, engine: rds.IEngine, protection: Protection, max_connections: int | None
    ) -> None:
        chosen = {} if max_connections is None else {"max_connections": str(max_connections)}
        super().__init__(
            scope, id, engine=engine, parameters={**_ALWAYS, **(_AUDIT if protection.audit else {}), **chosen}
        )
