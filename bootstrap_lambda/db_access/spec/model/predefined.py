"""PostgreSQL's and RDS's own roles: which of them a spec may make its users, groups and owners members of, and why not
the others.

Source: postgresql.org, Predefined Roles; AmazonRDS and AuroraUserGuide, "Understanding the rds_superuser role".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ALLOWED: Final[Mapping[str, int | None]] = MappingProxyType(
    {
        "pg_monitor": 10,
        "pg_read_all_settings": 10,
        "pg_read_all_stats": 10,
        "pg_stat_scan_tables": 10,
        "pg_read_all_data": 14,
        "pg_write_all_data": 14,
        "pg_checkpoint": 15,
        "pg_maintain": 17,
        "pg_signal_autovacuum_worker": 18,
        "rds_replication": None,
    }
)
"""To the major version that PostgreSQL has it from; None: RDS and Aurora have it, and PostgreSQL doesn't."""

_FILES: Final = "its members can become superusers by way of the server's files and programs"
_PASSWORDS: Final = "its members change passwords, which the spec says"
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pg_execute_server_program": _FILES,
        "pg_read_server_files": _FILES,
        "pg_write_server_files": _FILES,
        "pg_database_owner": "its one member is the database's owner",
        "pg_signal_backend": "its members can end the run that takes their access away",
        "pg_use_reserved_connections": "the connections that it reserves are the master's way in",
        "pg_create_subscription": "a subscription writes as the owners of its tables what another server sends",
        "rds_superuser": "its members have what the master has",
        "rds_iam": "`auth_method: iam` gives it",
        "rds_password": _PASSWORDS,
        "rds_ad": "it is a way to log in that the spec doesn't know",
        "rdsadmin": "it is the superuser",
        "rds_reserved": "the connections that it reserves are RDS's",
    }
)
"""To the reason, for the operator."""

_ALLOWED_TEXT: Final = ", ".join(ALLOWED)


def reserved(name: str) -> bool:
    """Whether PostgreSQL or RDS keeps names like this for roles of its own."""
    return name.lower().startswith(("pg_", "rds"))


def predefined_role(name: str) -> str:
    """`name`, a reserved one, if a spec may give the membership. Raises ValueError with the reason."""
    if name not in ALLOWED:
        reason = REFUSED.get(name.lower(), "it is none of the predefined roles that a spec can give")
        raise ValueError(f"{name!r} can't be given: {reason}; allowed: {_ALLOWED_TEXT}, and groups of the spec")
    return name
