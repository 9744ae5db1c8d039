"""Memberships for a while: give one, end one, end those that are over, list them. Each does that and nothing else."""

from db_access.postgresql.planning.temporary import Holding
from db_access.postgresql.temporary.asked import Asked, TemporaryError
from db_access.postgresql.temporary.ending import ExpiredError, end, end_expired
from db_access.postgresql.temporary.giving import Given, give
from db_access.postgresql.temporary.listing import listed
from db_access.postgresql.temporary.taking import Ended

__all__ = [
    "Asked",
    "Ended",
    "ExpiredError",
    "Given",
    "Holding",
    "TemporaryError",
    "end",
    "end_expired",
    "give",
    "listed",
]
