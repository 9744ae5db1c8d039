"""Locks of others that a run waits for: who holds them, and ending those that managed roles hold."""

from db_access.postgresql.locks.holders import Holder
from db_access.postgresql.locks.watch import without_blockers

__all__ = ["Holder", "without_blockers"]
