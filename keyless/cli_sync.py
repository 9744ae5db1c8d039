"""`keyless sync`: converge the spec's databases, or only show what that would change."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from db_access import reconcile, render
from db_access.changes import AlterRole, Change, CreateRole, DescribeRole, GrantRole, Plan, RevokeRole
from db_access.reconcile import Connect
from db_access.spec import AccessSpec
from keyless.cli_arguments import DIFFERENT, DONE, FAILED
from keyless.cli_databases import each_database, elsewhere, tell

_RENDER = {"text": render.text, "sql": render.sql, "json": render.as_json, "markdown": render.markdown}

_OF_THE_CLUSTER = (CreateRole, AlterRole, DescribeRole, GrantRole, RevokeRole)


def run(options: Namespace) -> int:
    """The exit status; the changes go to stdout."""
    outcome = each_database(options, _preview if options.dry_run else _converge)
    plans = _without_repeats(outcome.results) if options.dry_run else outcome.results
    if plans:
        sys.stdout.write(_RENDER[options.format](plans))
    outcome.report_errors()
    if outcome.errors:
        return FAILED
    return DIFFERENT if options.detailed_exitcode and any(plans.values()) else DONE


def _converge(connect: Connect, spec: AccessSpec, database: str) -> Plan:
    plan = reconcile.converge(connect, spec, database, elsewhere=elsewhere).plan
    tell(f"database {database}: {render.counted(plan)}{'; made' if plan else ''}; proven")
    return plan


def _preview(connect: Connect, spec: AccessSpec, database: str) -> Plan:
    plan = reconcile.preview(connect, spec, database, elsewhere=elsewhere)
    tell(f"database {database}: {render.counted(plan)}; nothing was changed")
    return plan


def _without_repeats(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """Roles are the cluster's: what the first database's run does to them, the second one's finds done."""
    seen: set[str] = set()
    left: dict[str, Plan] = {}
    for database, plan in plans.items():
        shared: dict[Change, str] = {change: render.statement_of(change) for change in plan if isinstance(change, _OF_THE_CLUSTER)}
        left[database] = tuple(change for change in plan if shared.get(change) not in seen)
        seen.update(shared.values())
    return left
