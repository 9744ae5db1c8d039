"""Rights that are taken, one change for each thing that they are on. Pure."""

from collections.abc import Iterator
from typing import Final

from db_access.mysql.changes import Change, Give, Stage, Take
from db_access.mysql.state import Level, On, Rights, Who, minus
from db_access.mysql.statements import sayable

BEYOND: Final = "not in the spec"
_WITH_THE_TABLE: Final = "the server takes it with that on the table"


def taken(who: Who, rights: Rights, held: Rights, stage: Stage, reason: str = BEYOND) -> Iterator[Change]:
    """`rights` of what is `held`. REVOKE on a table takes the same on its columns, too: these come first, and are given
    again where they stay. What no statement can say is left, and told of."""
    kept = minus(held, rights)
    for on, privileges in sorted(filter(_said, rights.items()), reverse=True):
        yield Take(who, on, privileges, reason=reason, stage=stage)
        for column, lost in sorted(_lost_with(on, privileges, kept).items()):
            yield Give(who, column, lost, reason=_WITH_THE_TABLE, stage=stage)


def _said(right: tuple[On, frozenset[str]]) -> bool:
    return sayable(right[0])


def _lost_with(on: On, privileges: frozenset[str], kept: Rights) -> dict[On, frozenset[str]]:
    if on.level is not Level.TABLE:
        return {}
    columns = {c: held & privileges for c, held in kept.items() if c.level is Level.COLUMN and _table(c) == _table(on)}
    return {column: lost for column, lost in columns.items() if lost}


def _table(on: On) -> tuple[str, str]:
    return on.schema, on.name
