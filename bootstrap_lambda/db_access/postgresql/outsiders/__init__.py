"""Roles that the spec doesn't manage and that have rights on what it declares. Pure.

Nothing here is taken away: others' roles aren't ours. A run tells of them, and for a proof they are drift, until the
spec acknowledges them by name.
"""

from db_access.postgresql.outsiders.sentences import Outsiders, outsiders_of

__all__ = ["Outsiders", "outsiders_of"]
