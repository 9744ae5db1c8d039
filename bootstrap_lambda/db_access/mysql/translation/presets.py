"""What a grant's words are in MySQL's privileges. Pure; docs/access-spec.md has the table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from db_access.mysql.state import Privilege as P
from db_access.spec import Access

MAKING: Final = frozenset(
    {
        P.CREATE,
        P.ALTER,
        P.INDEX,
        P.REFERENCES,
        P.TRIGGER,
        P.CREATE_VIEW,
        P.SHOW_VIEW,
        P.CREATE_ROUTINE,
        P.ALTER_ROUTINE,
        P.EXECUTE,
        P.EVENT,
        P.LOCK_TABLES,
        P.CREATE_TEMPORARY_TABLES,
    }
)
"""What migrations need beside data. DROP isn't in it: on the level of schemas it is DROP DATABASE, too."""
_DATA: Final = frozenset({P.SELECT, P.INSERT, P.UPDATE, P.DELETE})

PRESETS: Final[Mapping[Access, frozenset[P]]] = MappingProxyType(
    {
        Access.READ_ONLY: frozenset({P.SELECT}),
        Access.APPEND_ONLY: frozenset({P.INSERT}),
        Access.WRITE_ONLY: _DATA - {P.SELECT},
        Access.READ_WRITE: _DATA,
        Access.OWNER: _DATA | MAKING,
    }
)

ON_TABLES: Final = frozenset({P.SELECT, P.INSERT, P.UPDATE, P.DELETE, P.REFERENCES, P.TRIGGER})
"""Of a grant's `tables` the ones that MySQL has, under the same words."""
