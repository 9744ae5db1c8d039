"""Applies the base's spec and then the new one to a throwaway PostgreSQL, and comments on the difference."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from keyless.access_plan.comment import Comment
from keyless.access_plan.documents import unmeasured
from keyless.access_plan.stage import Stage, stage
from keyless.access_plan.unmade import Unmade, said


def compare(
    base: Path | None,
    head: Path,
    *,
    unmade: Sequence[Unmade] = (),
    staged: Callable[[], AbstractContextManager[Stage]] = stage,
) -> Comment:
    """The comment on the change from `base` (None: there was no spec) to `head`, both applied on what `staged` yields.
    It names the users of `unmade` environments, whom nobody makes.

    Raises:
        PostgresError: when no server starts here.
    """
    before, notes = _base(base)
    try:
        after = AccessSpec.load(head)
        with staged() as stand:
            notes += _prepared(stand, before, after)
            results = stand.apply(after)
    except AccessError as error:
        return Comment.refusal(str(error), notes)
    document = unmeasured(before, after, (result.plan for result in results.values()))
    notes += _removed_databases(before, after)
    return Comment.changes(document, results, notes, unmade=said(unmade, after))


def _base(path: Path | None) -> tuple[AccessSpec | None, list[str]]:
    """The base's spec, and notes on why there is none."""
    if path is None:
        return None, ["The base has no access spec, so everything is new."]
    try:
        return AccessSpec.load(path), []
    except AccessError as error:
        return None, [f"The base's spec is not valid, so everything is shown as new:\n{error}"]


def _prepared(stand: Stage, before: AccessSpec | None, after: AccessSpec) -> list[str]:
    """Applies the base's spec; notes on what of it could not be applied."""
    if before is None:
        return []
    try:
        stand.apply_with_stand_ins(before, after)
    except (AccessError, psycopg.Error) as error:
        return [f"The base's spec can't be applied completely, so more is shown than will change:\n{error}"]
    return []


def _removed_databases(before: AccessSpec | None, after: AccessSpec) -> list[str]:
    declared = {database.name for database in after.databases}
    removed = [d.name for d in before.databases if d.name not in declared] if before is not None else []
    return [f"Database {name} is no longer declared: what users may do in it stays as it is." for name in removed]
