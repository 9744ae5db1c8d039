"""The server's parameters for every database that this app makes, and the logs that it exports."""

from typing import Final

from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.settings.database import Protection

AUDITED: Final = "CONNECT,QUERY_DCL,QUERY_DDL"
"""What the audit plugin of the MySQL family logs: who came and left, changes of rights and users, and of
definitions."""
_REFUSED_LOGINS: Final = "iam-db-auth-error"
_ALWAYS: Final = {
    Family.POSTGRESQL: {
        "rds.force_ssl": "1",
        "log_connections": "1",  # CloudTrail doesn't record IAM logins: these lines are the audit trail
        "log_disconnections": "1",
        "log_statement": "ddl",
        "log_min_duration_statement": "1000",
    },
    Family.MYSQL: {
        "log_output": "FILE",  # what is written to a table can't be exported
        "long_query_time": "1",
        "slow_query_log": "1",
    },
}
_AUDIT: Final = {
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "role,ddl",
}
_AUDIT_OF_AURORA_MYSQL: Final = {"server_audit_events": AUDITED, "server_audit_logging": "1"}


class Parameters(rds.ParameterGroup):
    """TLS only, logins and definitions logged; with `protection.audit` by the audit plugin, too. On RDS for MySQL and
    MariaDB that one is an option (`options.AuditOption`)."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        of: Engine,
        engine: rds.IEngine,
        protection: Protection,
        max_connections: int | None,
    ) -> None:
        chosen = {} if max_connections is None else {"max_connections": str(max_connections)}
        audit = _audit(of) if protection.audit else {}
        super().__init__(
            scope, id, engine=engine, parameters={**_ALWAYS[of.family], **_transport(of), **audit, **chosen}
        )


def log_exports(of: Engine, protection: Protection) -> tuple[str, ...]:
    """Those of the server, and that of refused IAM logins."""
    if of.family is Family.POSTGRESQL:
        return ("postgresql", _REFUSED_LOGINS, *(() if of.aurora else ("upgrade",)))
    return ("error", "slowquery", _REFUSED_LOGINS, *(("audit",) if protection.audit else ()))


def _transport(of: Engine) -> dict[str, str]:
    """Clusters take ON, instances 1: AuroraUserGuide/AuroraMySQL.Security, AWS Config's rule
    rds-mysql-instance-encrypted-in-transit."""
    if of.family is Family.POSTGRESQL:
        return {}
    return {"require_secure_transport": "ON" if of.aurora else "1"}


def _audit(of: Engine) -> dict[str, str]:
    if of.family is Family.POSTGRESQL:
        return _AUDIT
    return _AUDIT_OF_AURORA_MYSQL if of.aurora else {}
