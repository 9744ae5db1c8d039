"""The effects of a plan, as an approval names them: the statements, without what changes though they do the same."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from psycopg import Connection

from db_access.plan.approval import Around, Effects, refuse_unapproved
from db_access.plan.changes import (
    AlterRole,
    Change,
    CreateDatabase,
    CreateRole,
    DescribeRole,
    DropRole,
    EndLogin,
    Plan,
    Revoke,
    RevokeRole,
    Scope,
    SetPassword,
    lasting,
)
from db_access.plan.report import Summary
from db_access.plan.roles import UNREAD
from db_access.postgresql import ddl
from db_access.postgresql.identity import identity, made_for
from db_access.postgresql.state import Current
from db_access.spec.approved import Approved, Expected, Identity, now


def effects(plan: Plan) -> Effects:
    """Passwords are in none: `ddl` shows none, and that one follows its secret is nobody's to approve."""
    found: dict[Scope, set[str]] = {scope: set() for scope in Scope}
    for change in lasting(plan):
        if isinstance(change, SetPassword | DescribeRole) and change.renewed:
            continue
        found[change.scope].add(_text(change))
    return Effects(frozenset(found[Scope.CLUSTER]), frozenset(found[Scope.DATABASE]))


def _text(change: Change) -> str:
    """The statement, and who loses what by it that it doesn't name."""
    text = ddl.text(_unversioned(change))
    if isinstance(change, Revoke | RevokeRole) and change.passed_on:
        return f"{text}  -- and so, by CASCADE: {', '.join(change.passed_on)}"
    return text


def _unversioned(change: Change) -> Change:
    if isinstance(change, CreateRole | AlterRole | DescribeRole) and change.role.password_version is not None:
        return replace(change, role=replace(change.role, password_version=UNREAD))
    return change


@dataclass(frozen=True)
class Agreed:
    """The approval of a run, in the database that it works in."""

    approved: Approved
    database: str
    here: Identity
    before: Plan = ()
    """What was done for it already: the database made, or a former run of which this one does the rest."""
    marked: bool = False
    """The database says that it was made for this approval."""

    @classmethod
    def at(cls, connection: Connection[Any], approved: Approved, database: str, before: Plan) -> Self:
        """`connection` is to the database, by now; `before`, or a mark on it, may say that it was made for this."""
        here = identity(connection, database=database)
        made = any(isinstance(change, CreateDatabase) for change in before)
        marked = made_for(connection) == approved.digest
        if marked and not made:
            before = (CreateDatabase(database, reason="made by a run that failed"), *before)
        here = here.model_copy(update={"oid": None}) if made or marked else here
        return cls(approved, database, here, before, marked)

    def refuse(self, plan: Plan, around: Around | None) -> None:
        """Raises UnapprovedError unless `plan`, all of a run that is done or to be done, is what was approved.

        Args:
            around: as the run found it before its first statement; None: it was compared then.
        """
        whole = (*self.before, *plan)
        refuse_unapproved(self.approved, self.database, whole, effects(whole), self.here, around)


def ended(current: Current) -> frozenset[str]:
    """The statements that end logins which have ended: a former attempt may have been rolled back but for that."""
    return frozenset(
        ddl.text(EndLogin(name, forget_password=forget, reason=""))
        for name, role in current.roles.items()
        if not role.login
        for forget in (False, True)
    )


def approval(spec: str, seen: Mapping[str, tuple[Summary, Identity]]) -> Approved:
    """The approval of what was seen, of each database in the order of the runs.

    Args:
        spec: the digest of the access spec.
    """
    later = {ddl.text(DropRole(name, reason="")) for summary, _ in seen.values() for name in summary.kept}
    return Approved(
        made=now(), spec=spec, databases=tuple(_expected(*each) for each in seen.values()), later=tuple(sorted(later))
    )


def _expected(summary: Summary, here: Identity) -> Expected:
    found = effects(summary.plan)
    shared, own = tuple(sorted(found.shared)), tuple(sorted(found.own))
    warnings = sorted({*summary.warnings, *summary.pending} - {*summary.left})
    return Expected(
        database=summary.database,
        identity=here,
        shared=shared,
        effects=own,
        about=tuple(sorted(summary.about)),
        left=tuple(sorted(summary.left)),
        warnings=tuple(warnings),
    )
