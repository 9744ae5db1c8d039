"""The main path of the MySQL family. A run is about a whole server: schemas are what MySQL calls databases."""

from db_access.mysql.reconcile.changing import converge, remove
from db_access.mysql.reconcile.looking import Connect, preview, prove
from db_access.mysql.report import Evidence, Summary
from db_access.timeouts import Timeouts

__all__ = ["Connect", "Evidence", "Summary", "Timeouts", "converge", "preview", "prove", "remove"]
