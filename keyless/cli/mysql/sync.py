"""`keyless sync` and `keyless plan` on a server of the MySQL family."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from db_access.mysql import reconcile, told
from db_access.mysql.changes import Change
from db_access.mysql.reconcile import Summary
from db_access.plan import render
from db_access.plan.action import Action
from db_access.plan.report import ToldSummary
from db_access.plan.told import Told
from db_access.spec import AccessSpec
from db_access.wording import escaped, one_line, visible
from keyless.cli import confirmation
from keyless.cli.connection import tell
from keyless.cli.databases import Outcome, warned_once
from keyless.cli.mysql.connection import connect, watch_user
from keyless.cli.mysql.server import name_of, on_server
from keyless.cli.status import DIFFERENT, DONE, FAILED, REFUSED

_LOG: Final = logging.getLogger("db_access.preview")
"""Beside those of the runs, for --verbose."""
_OF_SEVERAL_LINES: Final = frozenset({"make_procedure", "start_as"})
"""Whose names are the engine's and the spec's, or a spec's before it."""


def planned(spec: AccessSpec, *, detailed_exitcode: bool, form: str) -> tuple[int, str]:
    """The exit status, and what a sync would do."""
    return _answer(spec, on_server(spec, _preview), detailed_exitcode=detailed_exitcode, form=form)


def made(spec: AccessSpec, *, yes: bool, detailed_exitcode: bool, form: str) -> tuple[int, str]:
    """The exit status, and the changes as they are shown. Asks before anything is taken away, unless `yes`."""
    if yes:
        return _answer(spec, on_server(spec, _converge), detailed_exitcode=detailed_exitcode, form=form)
    seen = on_server(spec, lambda spec: reconcile.preview(connect, spec, watch=watch_user()))
    if seen.errors:
        seen.report_errors()
        return FAILED, ""
    summary = seen.results[name_of(spec)]
    shown = tuple(change for change in told.summary(summary).plan if change.action is Action.TAKE_AWAY)
    if not confirmation.agreed({name_of(spec): shown}):
        return REFUSED, ""
    outcome = on_server(spec, lambda spec: _converge(spec, confirmed=summary.plan))
    return _answer(spec, outcome, detailed_exitcode=detailed_exitcode, form=form)


def _preview(spec: AccessSpec) -> ToldSummary:
    summary = told.summary(reconcile.preview(connect, spec, watch=watch_user()))
    for change in summary.plan:
        _LOG.info("%s  -- %s", one_line(change.statement), change.reason)
    tell(f"server of {summary.database}: {render.counted(summary.plan)}; nothing was changed")
    return summary


def _converge(spec: AccessSpec, *, confirmed: Collection[Change] | None = None) -> ToldSummary:
    found: Summary = reconcile.converge(connect, spec, confirmed=confirmed, watch=watch_user())
    summary = told.summary(found)
    tell(f"server of {summary.database}: {render.counted(summary.plan)}{'; made' if summary.plan else ''}; proven")
    return summary


def _answer(spec: AccessSpec, outcome: Outcome[ToldSummary], *, detailed_exitcode: bool, form: str) -> tuple[int, str]:
    outcome.report_errors()
    found = warned_once(spec, outcome.results)
    changed = any(summary.plan for summary in found.values())
    status = FAILED if outcome.errors else DIFFERENT if detailed_exitcode and changed else DONE
    return status, _shown(found, outcome.failed(), form)


def _shown(found: Mapping[str, ToldSummary], failed: Sequence[Mapping[str, str]], form: str) -> str:
    if form == "json":
        return render.as_json(found, _own_statement, failed)
    if not found:
        return ""
    if form == "sql":
        return "".join(_script(summary) for summary in found.values())
    return (render.as_markdown if form == "markdown" else render.as_text)(found)


def _own_statement(change: object) -> str:
    """Never asked for: what is told has its own."""
    raise TypeError(f"{change} is another family's")


def _script(summary: ToldSummary) -> str:
    """Each statement takes effect for good, so that a script that ends in the middle leaves what it has done. A
    password is `<redacted>`, which no server takes."""
    return "".join(_step(change) for change in summary.plan)


def _step(change: Told) -> str:
    """MySQL has no escape for a name: a statement with one that doesn't print, or that speaks to a runner of GitHub's,
    is a comment, and whoever wants it runs `keyless sync`."""
    reason, statement = f"-- {one_line(change.reason)}\n", change.statement
    shown = visible(statement) if change.kind in _OF_SEVERAL_LINES else _on_one_line(statement)
    if shown == statement:
        return f"{reason}{statement};\n"
    return (
        f"{reason}-- not as SQL, for a name in it can't be shown; `keyless sync` runs it: {_on_one_line(statement)}\n"
    )


def _on_one_line(statement: str) -> str:
    """A line feed is an escape, too: a name with one would look like the next statement."""
    return visible("".join(letter if letter.isprintable() else escaped(letter) for letter in statement))
