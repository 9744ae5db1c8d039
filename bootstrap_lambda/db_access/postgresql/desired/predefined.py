"""What PostgreSQL's own roles come to, of those that a spec may give. Pure.

Source: pg_class_aclmask_ext and pg_namespace_aclmask_ext in PostgreSQL's aclchk.c: on top of any ACL, in every
database. What the others give (views of statistics, CHECKPOINT, replication) is no right on an object.
"""

from collections.abc import Mapping, Set
from typing import Final

from db_access.plan.privileges import Acl, Kind, Privilege, Privileges
from db_access.postgresql.state import Membership
from db_access.spec.model.predefined import ALLOWED

_USAGE: Final = frozenset({Privilege.USAGE})
_SELECT: Final = frozenset({Privilege.SELECT})
_MEANING: Final[Mapping[str, Mapping[Kind, Privileges]]] = {
    "pg_read_all_data": {Kind.SCHEMA: _USAGE, Kind.TABLE: _SELECT, Kind.SEQUENCE: _SELECT},
    "pg_write_all_data": {
        Kind.SCHEMA: _USAGE,
        Kind.TABLE: frozenset({Privilege.INSERT, Privilege.UPDATE, Privilege.DELETE}),
        Kind.SEQUENCE: frozenset({Privilege.UPDATE}),
    },
    "pg_maintain": {Kind.TABLE: frozenset({Privilege.MAINTAIN})},
}


def everywhere(memberships: Set[Membership]) -> Mapping[Kind, Acl]:
    """What the predefined roles that have members among `memberships` may do with every object, by its kind."""
    given = sorted({m.role for m in memberships} & _MEANING.keys())
    return {kind: {role: _MEANING[role][kind] for role in given if kind in _MEANING[role]} for kind in Kind}


def given(memberships: Set[Membership]) -> list[Membership]:
    """Those in predefined roles, in a fixed order."""
    return sorted((m for m in memberships if m.role in ALLOWED), key=lambda m: (m.role, m.member))
