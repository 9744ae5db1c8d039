"""`keyless prove`: hold the spec's databases against the spec, and say what differs. Changes nothing."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import Any

from db_access.plan import render
from db_access.plan.report import Evidence, Report
from db_access.postgresql import ddl, reconcile
from db_access.wording import json_text, one_line
from keyless.cli.arguments import DIFFERENT, DONE, FAILED
from keyless.cli.databases import chosen, each_database, warned_once


def run(options: Namespace) -> int:
    """The exit status; the evidence goes to stdout."""
    outcome = each_database(*chosen(options), reconcile.prove)
    found = list(warned_once(outcome.results).values())
    if found:
        sys.stdout.write(_as_json(found) if options.json else _text(found))
    outcome.report_errors()
    if outcome.errors:
        return FAILED
    return DONE if all(evidence.holds for evidence in found) else DIFFERENT


def _text(found: Iterable[Evidence]) -> str:
    return "".join(f"{line}\n" for evidence in found for line in _lines(evidence))


def _lines(evidence: Evidence) -> Iterator[str]:
    name = one_line(evidence.database)
    if evidence.holds:
        yield f"database {name}: as the spec says"
    for heading, sentences in _found(evidence).items():
        if sentences:
            yield f"database {name}: {heading}: {len(sentences)}"
            yield from (f"    ! {one_line(sentence)}" for sentence in sentences)
    if evidence.plan:
        yield f"database {name}: drift, which `keyless sync` would put right"
        yield from render.as_text({evidence.database: Report(plan=evidence.plan)}).splitlines()[1:]
    yield from render.notes("pending", "?", evidence.pending)
    yield from render.notes("warnings", "!", evidence.warnings)


def _found(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Sentences by their heading."""
    return {
        "violations, where PostgreSQL allows something else than the spec": evidence.violations,
        "refused by sync": evidence.conflicts,
        "left to others, which no sync changes": evidence.left,
        "logins that are locked out, for they reach rds_iam by accident": evidence.lock_outs,
        "outsiders, which have rights though the spec doesn't manage or acknowledge them": evidence.outsiders,
    }


def _as_json(found: Iterable[Evidence]) -> str:
    return json_text({"databases": [_values(evidence) for evidence in found]}) + "\n"


def _values(evidence: Evidence) -> dict[str, Any]:
    return {
        "database": evidence.database,
        "holds": evidence.holds,
        "violations": list(evidence.violations),
        "conflicts": list(evidence.conflicts),
        "left": list(evidence.left),
        "lock_outs": list(evidence.lock_outs),
        "outsiders": list(evidence.outsiders),
        "drift": render.changes(evidence.plan, ddl.text),
        "pending": list(evidence.pending),
        "warnings": list(evidence.warnings),
    }
