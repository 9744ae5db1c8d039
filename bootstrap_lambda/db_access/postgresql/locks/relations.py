"""Which relations others have locked, as far as that keeps a run from giving them to another owner.

A table goes together with its indexes, its TOAST table, the sequences of its columns, and the tables that a foreign
key, partitions or inheritance tie to it (`catalog.acting`), and not without any of them.
"""

from collections.abc import Collection
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row

from db_access.postgresql.catalog.ties import TIES
from db_access.postgresql.locks.holders import COLUMNS, HOLDER, Holder


def held_relations(connection: Connection[Any], roles: Collection[int]) -> dict[tuple[str, str], str]:
    """Schema and name, to who has it locked; without the sessions of these roles (oids), which can be ended."""
    rows = connection.cursor(row_factory=dict_row).execute(_HELD, {"roles": list(roles)}).fetchall()
    return {(row.pop("schema"), row.pop("name")): Holder(**row).short for row in rows}


_HELD: Final[LiteralString] = f"""
WITH RECURSIVE held AS MATERIALIZED (
    SELECT pid, virtualtransaction AS virtual, relation, coalesce(indrelid, relation) AS of_index
    FROM pg_locks LEFT JOIN pg_index ON indexrelid = relation
    WHERE locktype = 'relation' AND granted AND pid IS DISTINCT FROM pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
),
sequence AS MATERIALIZED (
    SELECT objid AS oid, refobjid AS of_table FROM pg_depend JOIN pg_class ON pg_class.oid = objid
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
        AND relkind = 'S'
),
together AS MATERIALIZED (
    SELECT pid, virtual, coalesce(of_table, toasted.oid, of_index) AS head
    FROM held LEFT JOIN pg_class AS toasted ON reltoastrelid = of_index LEFT JOIN sequence ON sequence.oid = of_index
),
concerned AS (SELECT FROM together),
{TIES},
tied AS (SELECT * FROM together UNION SELECT pid, virtual, other FROM tied JOIN tie ON one = head),
moving AS MATERIALIZED (
    SELECT pid, virtual, head AS relation FROM tied
  UNION
    SELECT pid, virtual, sequence.oid FROM tied JOIN sequence ON of_table = head
),
holding AS MATERIALIZED (SELECT DISTINCT pid, virtual FROM held),
{HOLDER}
SELECT DISTINCT ON (1, 2) nspname::text AS schema, relname::text AS name, {COLUMNS}
FROM moving JOIN holder USING (virtual) JOIN pg_class ON pg_class.oid = moving.relation
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE holder.gid IS NOT NULL OR holder.oid IS NULL OR holder.oid <> ALL(%(roles)s::oid[])
ORDER BY 1, 2, holder.pid, gid
"""
