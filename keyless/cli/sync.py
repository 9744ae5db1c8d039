"""`keyless sync`: converge the spec's databases, or only show what that would change."""

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace

from db_access.plan import render
from db_access.plan.changes import Change, DropRole, Scope
from db_access.plan.report import Reports, Summary
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from keyless.cli import confirmation
from keyless.cli.arguments import DIFFERENT, DONE, FAILED, REFUSED
from keyless.cli.databases import Outcome, chosen, each_database, elsewhere, tell, warned_once


def _as_json(reports: Reports) -> str:
    return render.as_json(reports, ddl.text)


_RENDER = {"text": render.as_text, "sql": ddl.script, "json": _as_json, "markdown": render.as_markdown}


def run(options: Namespace) -> int:
    """The exit status; the changes go to stdout."""
    spec, databases = chosen(options)
    if options.dry_run:
        outcome = each_database(spec, databases, _preview)
        found = _without_repeats(outcome.results, as_script=options.format == "sql")
    else:
        outcome = each_database(spec, databases, _converge) if options.yes else _asked(spec, databases)
        found = outcome.results
    if found:
        sys.stdout.write(_RENDER[options.format](warned_once(found)))
    outcome.report_errors()
    if outcome.errors:
        return FAILED
    if outcome.refused:
        return REFUSED
    return DIFFERENT if options.detailed_exitcode and any(summary.plan for summary in found.values()) else DONE


def _asked(spec: AccessSpec, databases: Sequence[str]) -> Outcome[Summary]:
    """Look at every database, ask once, then do what was looked at and no more. A database that couldn't be looked at
    is left alone."""
    planned = each_database(spec, databases, _look)
    if not confirmation.agreed(confirmation.to_show(_without_repeats(planned.results, as_script=False))):
        return Outcome(errors=planned.errors, refused=True)
    allowed = {database: confirmation.confirmed(summary) for database, summary in planned.results.items()}
    made = each_database(
        spec, allowed, lambda connect, spec, name: _converge(connect, spec, name, confirmed=allowed[name])
    )
    return Outcome(made.results, [*planned.errors, *made.errors])


def _look(connect: Connect, spec: AccessSpec, database: str) -> Summary:
    return reconcile.preview(connect, spec, database, elsewhere=elsewhere, despite_conflicts=True)


def _converge(
    connect: Connect, spec: AccessSpec, database: str, *, confirmed: frozenset[Change] | None = None
) -> Summary:
    summary = reconcile.converge(connect, spec, database, elsewhere=elsewhere, confirmed=confirmed)
    tell(f"database {database}: {render.counted(summary.plan)}{'; made' if summary.plan else ''}; {_proven(summary)}")
    return summary


def _proven(summary: Summary) -> str:
    return f"proven but for {len(summary.left)} left to others" if summary.left else "proven"


def _preview(connect: Connect, spec: AccessSpec, database: str) -> Summary:
    summary = reconcile.preview(connect, spec, database, elsewhere=elsewhere)
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
