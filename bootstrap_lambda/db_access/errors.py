"""The errors of the engine. Each message is a sentence for the operator: what is wrong, where, what is allowed."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol

from db_access.wording import one_line, visible


class AccessError(Exception):
    """Base of everything that this package raises on purpose."""


def shortened(error: AccessError, limit: int) -> AccessError:
    """The same error as CloudFormation and Lambda show it: everything in it prints, and where they take no more than
    `limit` bytes it is cut."""
    text = visible(str(error))
    if len(text.encode()) > limit:
        text = f"{text.encode()[:limit].decode(errors='ignore')} … (the whole text is in the function's log)"
    return error if text == str(error) else AccessError(text).with_traceback(error.__traceback__)


def add_sentence(error: AccessError, sentence: str) -> None:
    """Say one thing more to the operator."""
    error.args = (f"{error}\n{one_line(sentence)}",)


def _list(head: str, items: Iterable[str]) -> str:
    """A line each, whatever is in them."""
    return "\n  - ".join([head, *map(one_line, items)])


class SpecError(AccessError):
    """The access spec is wrong. Lists every problem with its place and what is allowed there."""

    what: ClassVar[str] = "the access spec"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__(_list(f"{self.what} has {count}:", problems))


class ApprovalError(SpecError):
    """An approval's file is wrong, or for something else."""

    what = "the approval"


class PlanError(AccessError):
    """The database has something that the spec's owner may not change. Nothing was changed."""

    def __init__(self, database: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_list(f"database {database!r} stands in the way of the spec:", problems))


class UnconfirmedError(AccessError):
    """A run would take away more than was confirmed. Nothing was changed."""

    def __init__(self, database: str, unseen: Sequence[str]) -> None:
        self.unseen = tuple(unseen)
        super().__init__(
            _list(
                f"database {database!r} has changed since it was shown what would be taken away. Nothing was changed; "
                "run again to see all of it. Not shown were:",
                unseen,
            )
        )


class UnapprovedError(AccessError):
    """A run would do something else than was approved. Nothing was changed."""

    def __init__(self, database: str, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            _list(
                f"in database {database!r} something else would be done now than was approved, so nothing was changed; "
                "allowed: what was approved, or a new approval of what is to be done now (docs/approval.md). "
                "What differs:",
                differences,
            )
        )


class ApplyError(AccessError):
    """The server refused a statement. Everything was rolled back; on MySQL it was put back, and the message says so."""


class ProofError(AccessError):
    """What the server allows is not what the spec says. Everything was rolled back, or put back."""

    def __init__(self, database: str, violations: Sequence[str]) -> None:
        self.violations = tuple(violations)
        super().__init__(
            _list(f"database {database!r} would not be as the spec says, so nothing was changed:", violations)
        )


class SecretError(AccessError):
    """A password's secret can't be read. Nothing was changed."""


class RotationError(AccessError):
    """A step of a rotation can't be carried out, or found that the rotation failed."""


class LockHolder(Protocol):
    @property
    def role(self) -> str | None: ...


class LockHeldError(AccessError):
    """Another session, or a prepared transaction, holds a lock that the run needs. Nothing was changed."""

    def __init__(self, database: str, holders: Sequence[LockHolder] = ()) -> None:
        """Each holder's text says who it is; none is given where nobody knows."""
        self.holders = tuple(holders)
        known = f". In the way: {'; '.join(map(str, holders))}" if holders else ""
        where = "" if holders else " (pg_stat_activity shows it)"
        super().__init__(
            f"another session holds a lock in database {database!r} that the run needs, and did not let go; "
            f"wait for it to end or end it{where}, then run again. Nothing was changed{known}"
        )


class UnreachableError(AccessError):
    """No connection to the database within the time budget. Nothing was changed."""


class NoDatabaseError(UnreachableError):
    """The cluster answers, and has no database of that name. Nothing was changed."""
