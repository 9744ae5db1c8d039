"""How a login's sessions start, and how many of them may be open until when."""

from typing import Final, LiteralString

_SETTINGS: Final[LiteralString] = """
SELECT CASE WHEN s.setrole = 0 THEN 'everybody' WHEN s.setdatabase = 0 THEN 'user' ELSE 'user here' END, e.entry
FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS e (entry)
WHERE s.setrole IN (SELECT 0 UNION ALL SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = session_user)
    AND s.setdatabase IN (
        SELECT 0 UNION ALL
        SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
ORDER BY 1, 2
"""
_LIMITS: Final[LiteralString] = """
SELECT r.rolinherit, r.rolconnlimit, CASE WHEN r.rolvaliduntil < 'infinity' THEN pg_catalog.to_char(
    r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') END
FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
"""
_ENTRANCE: Final[LiteralString] = """
SELECT 'login trigger', t.evtname::pg_catalog.text FROM pg_catalog.pg_event_trigger t
WHERE t.evtevent = 'login' AND t.evtenabled <> 'D'
UNION ALL
SELECT 'connection limit', d.datconnlimit::pg_catalog.text FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database() AND d.datconnlimit <> -1
ORDER BY 1, 2
"""
QUERIES: Final[dict[str, LiteralString]] = {"settings": _SETTINGS, "limits": _LIMITS, "entrance": _ENTRANCE}
"""Rows by what they tell:

- settings: whose (`user`, `user here`: in this database; `everybody`, here or anywhere), `name=value` as PostgreSQL
  stores it
- limits: one row: INHERIT, the connection limit (-1: none), VALID UNTIL (UTC; None: for ever)
- entrance: what everybody's login to this database passes: `login trigger` and its name (from PostgreSQL 17 on),
  `connection limit` and the database's own
"""
