"""The main path of the engine: what the handler and the command call. Each tries again while failures are transient."""

from db_access.plan.report import Evidence, Summary
from db_access.postgresql.reconcile.changing import converge, remove
from db_access.postgresql.reconcile.looking import Connect, observe, preview, prove
from db_access.postgresql.retry import Timeouts

__all__ = ["Connect", "Evidence", "Summary", "Timeouts", "converge", "observe", "preview", "prove", "remove"]
