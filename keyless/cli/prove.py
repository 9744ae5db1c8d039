"""`keyless prove`: hold the spec's databases against the spec, and say what differs. Changes nothing."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from db_access.plan import render
from db_access.plan.changes import Change
from db_access.plan.report import AnyEvidence, Evidence, EvidenceOf, ReportOf, ToldEvidence
from db_access.plan.told import Told
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from db_access.wording import fitting, json_text, more, one_line
from keyless.cli import family
from keyless.cli.databases import Outcome, chosen, each_database, warned_once
from keyless.cli.options import OfSpec
from keyless.cli.status import DIFFERENT, DONE, FAILED
from keyless.markdown import code, fenced

_COMMENT_CHARACTERS: Final = 50_000
"""GitHub takes 65,536 in one comment; the rest is for what stands around the lines."""
Look = Callable[[Connect, AccessSpec, str], Evidence]
Found = TypeVar("Found", bound=AnyEvidence)
_Any = EvidenceOf[Change | Told]


def run(of: OfSpec, *, form: str, look: Look | None = None) -> int:
    """The exit status; the evidence goes to stdout.

    Args:
        look: how to find out, of one database, if not by connecting to it.
    """
    spec, databases = chosen(of)
    if look is None and family.is_mysql():
        return _answer(spec, _on_mysql(of, spec), form)
    return _answer(spec, each_database(spec, databases, look or reconcile.prove), form)


def _on_mysql(of: OfSpec, spec: AccessSpec) -> Outcome[ToldEvidence]:
    from keyless.cli.mysql.prove import proven
    from keyless.cli.mysql.server import refuse_single

    refuse_single(of)
    return proven(spec)


def _answer(spec: AccessSpec, outcome: Outcome[Found], form: str) -> int:
    found = list(warned_once(spec, outcome.results).values())
    sys.stdout.write(_shown(found, outcome.failed(), form))
    outcome.report_errors()
    if outcome.errors:
        return FAILED
    return DONE if all(evidence.holds for evidence in found) else DIFFERENT


def _shown(found: Sequence[_Any], failed: Sequence[Mapping[str, str]], form: str) -> str:
    if form == "json":
        return _as_json(found, failed)
    return _markdown(found) if form == "markdown" else _text(found)


def _text(found: Iterable[_Any]) -> str:
    return "".join(f"{line}\n" for evidence in found for line in _lines(evidence))


def _markdown(found: Sequence[_Any]) -> str:
    """For a pull request's comment: the text, as far as it fits."""
    room = _COMMENT_CHARACTERS // max(1, len(found))
    return "\n".join(
        f"#### Database {code(one_line(evidence.database))}: {_verdict(evidence)}\n\n{_fenced(evidence, room)}\n"
        for evidence in found
    )


def _verdict(evidence: _Any) -> str:
    return "as the spec says" if evidence.holds else "not as the spec says"


def _fenced(evidence: _Any, room: int) -> str:
    shown, left = fitting(list(_lines(evidence)), room)
    return fenced("\n".join([*shown, *([more(left)] if left else [])]))


def _lines(evidence: _Any) -> Iterator[str]:
    name = one_line(evidence.database)
    if evidence.holds:
        yield f"database {name}: as the spec says"
    for heading, sentences in _found(evidence).items():
        if sentences:
            yield f"database {name}: {heading}: {len(sentences)}"
            yield from (f"    ! {one_line(sentence)}" for sentence in sentences)
    if evidence.plan:
        yield f"database {name}: drift, which `keyless sync` would put right"
        yield from render.as_text({evidence.database: ReportOf(plan=evidence.plan)}).splitlines()[1:]
    yield from render.notes("pending", "?", evidence.pending)
    yield from render.notes("warnings", "!", evidence.warnings)


def _found(evidence: _Any) -> dict[str, tuple[str, ...]]:
    """Sentences by their heading."""
    return {
        f"violations, where {_server(evidence)} allows something else than the spec": evidence.violations,
        "refused by sync": evidence.conflicts,
        "left to others, which no sync changes": evidence.left,
        "logins that are locked out, for they reach rds_iam by accident": evidence.lock_outs,
        "outsiders, which have rights though the spec doesn't manage or acknowledge them": evidence.outsiders,
    }


def _server(evidence: _Any) -> str:
    return "the server" if isinstance(evidence, ToldEvidence) else "PostgreSQL"


def _as_json(found: Iterable[_Any], failed: Sequence[Mapping[str, str]]) -> str:
    return json_text({"databases": [_values(evidence) for evidence in found], "failed": failed}) + "\n"


def _values(evidence: _Any) -> dict[str, Any]:
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
