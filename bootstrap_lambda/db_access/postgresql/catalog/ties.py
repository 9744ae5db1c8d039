"""What ties tables to each other so that who owns one can do something to the other: partitions, inheritance, foreign
keys. `acting` says why that matters."""

from typing import Final, LiteralString

TIES: Final[LiteralString] = """
foreign_key AS MATERIALIZED (
    SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f' AND EXISTS (SELECT FROM concerned)
),
tie AS MATERIALIZED (
    SELECT one, other, why FROM (
        SELECT inhrelid, inhparent, 'is a parent, child or partition of a table that stays with another owner'
        FROM pg_inherits WHERE EXISTS (SELECT FROM concerned)
      UNION ALL
        SELECT conrelid, confrelid, 'is tied by a foreign key to a table that stays with another owner'
        FROM foreign_key
    ) AS found (child, parent, why), LATERAL (VALUES (child, parent), (parent, child)) AS way (one, other)
    WHERE one <> other
)"""
"""As common table expressions: `tie` (one, other, to and fro, and why) stands on `concerned`, without whose rows it is
empty, and quick."""
