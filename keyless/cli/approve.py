"""`keyless approve`: look at what a deploy would do, and write it down for whoever reviews it. Changes nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

from db_access.errors import ApprovalError
from db_access.postgresql import effects, reconcile
from db_access.postgresql.reconcile import Connect, Summary
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved, Identity, now
from db_access.spec.deployed import digest
from db_access.wording import one_line
from keyless.cli import function, output
from keyless.cli.connection import elsewhere, tell
from keyless.cli.databases import chosen, each_database, managed
from keyless.cli.options import OfSpec
from keyless.cli.status import DONE, FAILED
from keyless.output_file import write_whole


def run(of: OfSpec, to: Path, *, watch: str | None, first: bool) -> int:
    """The exit status; the approval goes to the file, and what it approves to stdout."""
    # As the stacks have it: secrets that the command line names stand beside the spec there.
    spec = managed(AccessSpec.load(of.config), of.managed_by)
    before = _replaced(to)
    approved = _approved(of, spec, watch=watch, first=first)
    if approved is None:
        return FAILED
    if before and approved.made <= before.made:
        approved = approved.model_copy(update={"made": now(after=before.made)})
    return _write(to, approved)


def _approved(of: OfSpec, spec: AccessSpec, *, watch: str | None, first: bool) -> Approved | None:
    """None: not every database could be looked at, which has been said."""
    if first:
        return Approved(made=now(), spec=digest(spec.as_properties()), first=True)
    if watch:
        return _proposed(watch, spec)
    outcome = each_database(*chosen(of), _seen)
    outcome.report_errors()
    return None if outcome.errors else effects.approval(digest(spec.as_properties()), outcome.results)


def _replaced(to: Path) -> Approved | None:
    """The approval that is in the file now. Raises ApprovalError for a file that has something else, or can't be."""
    if to.is_dir() or not to.name:
        raise ApprovalError([f"--to {to}: is a folder; allowed: a file, such as config/approved/prod.json"])
    if to.suffix != ".json":
        raise ApprovalError([f"--to {to}: allowed: a file that ends in .json, such as config/approved/prod.json"])
    if not to.exists():
        return None
    try:
        return Approved.load(to)
    except ApprovalError as error:
        problem = f"--to {to}: is there and no approval, so it is left as it is; remove it first, if it may go"
        raise ApprovalError([problem, *error.problems]) from error


def _seen(connect: Connect, spec: AccessSpec, database: str) -> tuple[Summary, Identity]:
    return reconcile.observe(connect, spec, database, elsewhere=elsewhere)


def _proposed(name: str, spec: AccessSpec) -> Approved:
    """By the deployed watch."""
    answered = function.answer(name, {"Propose": spec.as_properties()}, "Approval", "approval")
    return _of_this(Approved.parse(answered, "the function's answer"), spec)


def _of_this(approved: Approved, spec: AccessSpec) -> Approved:
    """Raises ApprovalError unless it is what was asked for."""
    names = [database.name for database in spec.databases]
    wrong = [
        *(["it is for another access spec"] if approved.spec != digest(spec.as_properties()) else []),
        *(["it is for a first deploy, and says nothing of what is there"] if approved.first else []),
        *(["it is for other databases"] if [each.database for each in approved.databases] != names else []),
    ]
    if wrong:
        raise ApprovalError([f"the function's answer: {problem}" for problem in wrong])
    return approved


def _write(to: Path, approved: Approved) -> int:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        write_whole(to, approved.text)
    except OSError as error:
        raise ApprovalError([f"{to}: {error.strerror or error}"]) from error
    output.changed(f"{one_line(str(to))} is written")
    sys.stdout.write("".join(f"{line}\n" for line in _lines(approved)))
    for expected in approved.databases:
        for sentence in (*expected.left, *expected.warnings):
            tell(f"! {one_line(expected.database)}: {one_line(sentence)}")
    tell(f"{to}: written; it is approved once it is merged (sha256 {approved.digest})")
    return DONE


def _lines(approved: Approved) -> Iterator[str]:
    if approved.first:
        yield "whatever the spec gives in databases that nobody has anything in yet"
    for expected in approved.databases:
        statements = (*expected.shared, *expected.effects)
        yield f"database {one_line(expected.database)}: {len(statements)} statements"
        yield from (f"    {one_line(statement)}" for statement in statements)
