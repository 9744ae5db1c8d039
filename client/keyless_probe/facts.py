"""What any login may read about a role and the server: answers to what only AWS can show. Asked in a guarded
transaction, where an operator is PostgreSQL's own, too."""

from typing import Any, Final, LiteralString

import psycopg

QUERIES: Final[dict[str, LiteralString]] = {
    "version": "SELECT pg_catalog.current_setting('server_version')",
    "encrypted": "SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()",
    "application_name": "SELECT pg_catalog.current_setting('application_name')",
    "exists": "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %(role)s)",
    "superuser": "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = %(role)s",
    "creates roles": "SELECT rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = %(role)s",
    "member of rds_iam": (
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles g WHERE r.rolname = %(role)s"
        " AND g.rolname = 'rds_iam' AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER'))"
    ),
    "member of rds_superuser": (
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles g WHERE r.rolname = %(role)s"
        " AND g.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER'))"
    ),
    "may end sessions": (
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles g WHERE r.rolname = %(role)s"
        " AND g.rolname = 'pg_signal_backend' AND pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE'))"
    ),
    "may give": (
        "SELECT coalesce(pg_catalog.array_agg(g.rolname ORDER BY g.rolname), '{}') FROM pg_catalog.pg_auth_members m"
        " JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles r ON r.oid = m.member"
        " WHERE m.admin_option AND r.rolname IN (%(role)s, 'rds_superuser')"
    ),
}
"""By what they tell. `role` is the one that is asked about."""


def facts(connection: "psycopg.Connection[tuple[Any, ...]]", role: str) -> dict[str, Any]:
    return {what: _value(connection, query, role) for what, query in QUERIES.items()}


def _value(connection: "psycopg.Connection[tuple[Any, ...]]", query: LiteralString, role: str) -> Any:
    row = connection.execute(query, {"role": role}).fetchone()
    return row[0] if row else None
