"""What RDS knows of the engines that this project deploys. Facts, nothing else."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class EngineFacts:
    """Of one value of the property `Engine`."""

    family: str
    """What its parameter groups' families begin with."""
    proxy_family: str
    log_exports: frozenset[str]
    """Aurora and RDS User Guide, "Publishing … logs to Amazon CloudWatch Logs"."""

    def parameter_family(self, version: str) -> str:
        return f"{self.family}{version.partition('.')[0]}"


ENGINES = {
    "aurora-postgresql": EngineFacts(
        "aurora-postgresql", "POSTGRESQL", frozenset({"postgresql", "iam-db-auth-error", "instance"})
    ),
    "postgres": EngineFacts("postgres", "POSTGRESQL", frozenset({"postgresql", "iam-db-auth-error", "upgrade"})),
}

_SWITCH, _NUMBER = r"[01]", r"-?\d+"
PARAMETERS = {
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
"""The parameters that this project may set, with the values it may give them. RDS finds a wrong name only when it
deploys."""
NEEDED = frozenset({"rds.force_ssl", "log_connections", "log_disconnections", "log_statement"})
"""Those that every database has: TLS, and who came, left and changed definitions. `log_statement` beyond `ddl` would
put data, and passwords in statements, into the log."""


def parameter_problem(name: str, value: object) -> str | None:
    """Why the parameter can't be set so."""
    if name not in PARAMETERS:
        return f"parameter {name!r} is not one that this project knows (checks/engines.py)"
    if not re.fullmatch(PARAMETERS[name], str(value)):
        return f"parameter {name} is {value!r}; allowed: {PARAMETERS[name]}"
    return None
