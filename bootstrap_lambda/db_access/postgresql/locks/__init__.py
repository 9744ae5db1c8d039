"""Locks of others that a run waits for: who holds them, and ending those that managed roles hold."""

from db_access.postgresql.locks.holders import Holder
from db_access.postgresql.locks.prepared import freed, prepared, roll_back_of
from db_access.postgresql.locks.relations import held_relations
from db_access.postgresql.locks.watch import without_blockers

__all__ = ["Holder", "freed", "held_relations", "prepared", "roll_back_of", "without_blockers"]
