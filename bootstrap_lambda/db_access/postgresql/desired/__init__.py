"""What an access spec asks for in one database. Pure: reads the spec and nothing else."""

from db_access.postgresql.desired.state import NOTHING, desired

__all__ = ["NOTHING", "desired"]
