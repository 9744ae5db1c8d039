"""`keyless sync`: converge the spec's databases, or only show what that would change."""

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from db_access.plan import render
from db_access.plan.changes import Change, DropRole, Scope
from db_access.plan.report import Summary
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from keyless.cli import confirmation, family, output
from keyless.cli.connection import elsewhere, tell
from keyless.cli.databases import Outcome, chosen, each_database, warned_once
from keyless.cli.options import OfSpec
from keyless.cli.status import DIFFERENT, DONE, FAILED, REFUSED

Preview = Callable[[Connect, AccessSpec, str], Summary]
_LOG: Final = logging.getLogger("db_access.preview")
"""Beside those of the runs, for --verbose."""
_RENDER = {"text": render.as_text, "sql": ddl.script, "markdown": render.as_markdown}


def run(of: OfSpec, *, dry_run: bool, yes: bool, detailed_exitcode: bool, form: str) -> int:
    """The exit status; the changes go to stdout."""
    status, text = made(of, dry_run=dry_run, yes=yes, detailed_exitcode=detailed_exitcode, form=form)
    sys.stdout.write(text)
    return status


def made(of: OfSpec, *, dry_run: bool, yes: bool, detailed_exitcode: bool, form: str) -> tuple[int, str]:
    """The exit status, and the changes as they are shown. Errors of single databases go to stderr."""
    if dry_run:
        return planned(of, detailed_exitcode=detailed_exitcode, form=form)
    spec, databases = _chosen(of)
    return of_spec(spec, databases, yes=yes, detailed_exitcode=detailed_exitcode, form=form)


def _chosen(of: OfSpec) -> tuple[AccessSpec, list[str]]:
    """As `chosen`, of the family that the variables say."""
    if family.is_mysql():
        from keyless.cli.mysql.server import refuse_single

        refuse_single(of)
    return chosen(of)


def of_spec(
    spec: AccessSpec, databases: Sequence[str], *, yes: bool, detailed_exitcode: bool, form: str
) -> tuple[int, str]:
    """The same of a spec that is in no file, not dry."""
    if family.is_mysql():
        from keyless.cli.mysql import sync as on_mysql

        return on_mysql.made(spec, yes=yes, detailed_exitcode=detailed_exitcode, form=form)
    outcome = each_database(spec, databases, _converge) if yes else _asked(spec, databases)
    if outcome.refused:
        outcome.report_errors()
        return FAILED if outcome.errors else REFUSED, ""
    found = warned_once(spec, outcome.results)
    return _answer(outcome, found, detailed_exitcode=detailed_exitcode, form=form)


def planned(of: OfSpec, *, detailed_exitcode: bool, form: str, look: Preview | None = None) -> tuple[int, str]:
    """The exit status, and what a sync would do.

    Args:
        look: how to find out, of one database, if not by connecting to it.
    """
    spec, databases = _chosen(of) if look is None else chosen(of)
    if look is None and family.is_mysql():
        from keyless.cli.mysql import sync as on_mysql

        return on_mysql.planned(spec, detailed_exitcode=detailed_exitcode, form=form)
    outcome = each_database(spec, databases, partial(_preview, look=look or _by_connecting))
    found = warned_once(spec, _without_repeats(outcome.results, as_script=form == "sql"))
    return _answer(outcome, found, detailed_exitcode=detailed_exitcode, form=form)


def _answer(
    outcome: Outcome[Summary], found: Mapping[str, Summary], *, detailed_exitcode: bool, form: str
) -> tuple[int, str]:
    outcome.report_errors()
    changed = any(summary.plan for summary in found.values())
    status = FAILED if outcome.errors else DIFFERENT if detailed_exitcode and changed else DONE
    return status, _shown(outcome, found, form)


def _shown(outcome: Outcome[Summary], found: Mapping[str, Summary], form: str) -> str:
    if form == "json":
        return render.as_json(found, ddl.text, outcome.failed())
    return _RENDER[form](found) if found else ""


def _asked(spec: AccessSpec, databases: Sequence[str]) -> Outcome[Summary]:
    """Look at every database, ask once, then do what was looked at and no more. A database that couldn't be looked at
    is left alone."""
    planned = each_database(spec, databases, _look)
    if not confirmation.agreed(confirmation.to_show(_without_repeats(planned.results, as_script=False))):
        return Outcome(errors=planned.errors, untried=planned.untried, refused=True)
    allowed = {database: confirmation.confirmed(summary) for database, summary in planned.results.items()}
    made = each_database(
        spec, allowed, lambda connect, spec, name: _converge(connect, spec, name, confirmed=allowed[name])
    )
    return Outcome(made.results, planned.errors | made.errors, (*planned.untried, *made.untried))


def _look(connect: Connect, spec: AccessSpec, database: str) -> Summary:
    return reconcile.preview(connect, spec, database, elsewhere=elsewhere, despite_conflicts=True)


def _converge(
    connect: Connect, spec: AccessSpec, database: str, *, confirmed: frozenset[Change] | None = None
) -> Summary:
    summary = reconcile.converge(connect, spec, database, elsewhere=elsewhere, confirmed=confirmed)
    counted = render.counted(summary.plan)
    tell(f"database {database}: {counted}{'; made' if summary.plan else ''}; {_proven(summary)}")
    if summary.plan:
        output.changed(f"database {database} has {counted}")
    return summary


def _proven(summary: Summary) -> str:
    return f"proven but for {len(summary.left)} left to others" if summary.left else "proven"


def _by_connecting(connect: Connect, spec: AccessSpec, database: str) -> Summary:
    return reconcile.preview(connect, spec, database, elsewhere=elsewhere)


def _preview(connect: Connect, spec: AccessSpec, database: str, *, look: Preview) -> Summary:
    summary = look(connect, spec, database)
    for change in summary.plan:
        _LOG.info("%s  -- %s", ddl.text(change), change.why)
    tell(f"database {database}: {render.counted(summary.plan)}; nothing was changed")
    return summary


def _without_repeats(found: Mapping[str, Summary], *, as_script: bool) -> dict[str, Summary]:
    """What the first database's run does to the cluster, the second one's finds done.

    In a script a role goes in the last database's part: those before may name it, where a run would find it gone.
    """
    seen: set[str] = set()
    last = {change: database for database, summary in found.items() for change in summary.plan}
    left: dict[str, Summary] = {}
    for database, summary in found.items():
        shared = {change: ddl.text(change) for change in summary.plan if change.scope is Scope.CLUSTER}
        repeats = {change for change, statement in shared.items() if statement in seen}
        if as_script:
            drops = {change for change in shared if isinstance(change, DropRole)}
            repeats = (repeats - drops) | {change for change in drops if last[change] != database}
        left[database] = replace(summary, plan=tuple(change for change in summary.plan if change not in repeats))
        seen.update(shared.values())
    return left
