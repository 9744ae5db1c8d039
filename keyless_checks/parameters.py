"""The parameters that this project may set, engine by engine, with the values it may give them. RDS finds a wrong name
only when it deploys."""

import re
from typing import Final

from keyless_checks.engines import DB2, MYSQL, ORACLE, POSTGRESQL, SQLSERVER, EngineFacts, Family

AUDITED: Final = "CONNECT,QUERY_DCL,QUERY_DDL"
"""What the audit plugin of the MySQL family logs. Its other events are texts of statements with data in them."""
_SWITCH, _NUMBER = r"[01]", r"-?\d+"
PARAMETERS: Final = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_statement": "ddl",
    "log_min_duration_statement": _NUMBER,
    "log_lock_waits": _SWITCH,
    "idle_in_transaction_session_timeout": _NUMBER,
    "statement_timeout": _NUMBER,
    "password_encryption": "scram-sha-256",
    "max_connections": r"\d+",
    "shared_preload_libraries": "pg_stat_statements(,pgaudit)?",
    "pgaudit.role": "rds_pgaudit",
    "pgaudit.log": "role,ddl",
    "rds.accepted_password_auth_method": "scram",
    "rds.log_retention_period": r"\d+",
}
"""PostgreSQL's."""
_OF_MYSQL: Final = {
    "log_output": "FILE",
    "long_query_time": r"\d+",
    "max_connections": r"\d+",
    "slow_query_log": "1",
}
_OF_AURORA_MYSQL: Final = {"server_audit_events": AUDITED, "server_audit_logging": "1"}
_BY_SECRET: Final = {
    SQLSERVER: {"rds.force_ssl": "1"},
    ORACLE: {"audit_trail": "OS", "sqlnetora.sqlnet.allowed_logon_version_server": "12"},
    DB2: {
        "db2comm": "SSL",
        "ssl_svcename": str(DB2.port),
        "rds.ibm_customer_id": r"\d{4,16}",
        "rds.ibm_site_id": r"\d{4,16}",
    },
}
"""Of engines whose users nobody makes here. Oracle's TLS is an option (rules/by_secret)."""
_NEEDED: Final[dict[Family, frozenset[str]]] = {
    POSTGRESQL: frozenset({"rds.force_ssl", "log_connections", "log_disconnections", "log_statement"}),
    MYSQL: frozenset({"require_secure_transport", "log_output", "slow_query_log"}),
    SQLSERVER: frozenset({"rds.force_ssl"}),
    ORACLE: frozenset({"audit_trail", "sqlnetora.sqlnet.allowed_logon_version_server"}),
    DB2: frozenset({"db2comm", "ssl_svcename"}),
}
"""Those that every database has: TLS, and, of PostgreSQL, who came, left and changed definitions, which is an audit's
in the MySQL family. `log_statement` beyond `ddl` would put data, and passwords in statements, into the log."""


def settable(facts: EngineFacts) -> dict[str, str]:
    """By name, a pattern of its values."""
    if facts.family is POSTGRESQL:
        return PARAMETERS
    if facts.family in _BY_SECRET:
        return dict(_BY_SECRET[facts.family])
    # Clusters take ON, instances 1: AuroraUserGuide/AuroraMySQL.Security; AWS Config, rds-mysql-instance-encrypted-in-
    # transit.
    own = {"require_secure_transport": "ON"} if facts.aurora else {"require_secure_transport": "1"}
    return {**_OF_MYSQL, **own, **(_OF_AURORA_MYSQL if facts.aurora else {})}


def needed(facts: EngineFacts) -> frozenset[str]:
    return _NEEDED[facts.family]


def parameter_problem(facts: EngineFacts, name: str, value: object) -> str | None:
    """Why the parameter can't be set so."""
    known = settable(facts)
    if name not in known:
        return f"parameter {name!r} is not one that this project knows (keyless_checks/parameters.py)"
    if not re.fullmatch(known[name], str(value)):
        return f"parameter {name} is {value!r}; allowed: {known[name]}"
    return None


def unpaired(values: dict[str, object]) -> str | None:
    """Why an audit would log nothing."""
    if ("pgaudit" in str(values.get("shared_preload_libraries"))) != ("pgaudit.log" in values):
        return "pgaudit is loaded without pgaudit.log, or not loaded with it: it would log nothing"
    if ("server_audit_logging" in values) != ("server_audit_events" in values):
        return "server_audit_logging without server_audit_events, or the other way round: it would log nothing"
    return None
