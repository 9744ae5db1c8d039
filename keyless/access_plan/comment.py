"""`python -m keyless.access_plan --base REF`: what a change of the access spec means for users, as a pull request's
comment.

Both specs are applied to a throwaway PostgreSQL, so it needs no database, no AWS and no credential. The comment goes to
stdout.

exit status: 0 shown; 1 the new spec is refused, and the comment says why, or nothing could be shown, and stderr says
why.
"""

import argparse
import io
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg

from db_access.errors import AccessError
from db_access.plan import render
from db_access.plan.report import Report
from db_access.postgresql.reconcile import Summary
from db_access.spec import AccessSpec
from keyless.access_plan.stage import STAND_IN, Stage, stage
from keyless.rehearsal.servers.postgres import PostgresError

MARKER: Final = "<!-- keyless-aurora: access plan -->"
"""By its first line a workflow finds the comment that it wrote before."""
_LONGEST: Final = 10_000
"""Characters of what the engine says; the changes have the rest of what GitHub takes in one comment."""

_HOW: Final = (
    "What merging this changes. Measured: the base's spec was applied to an empty PostgreSQL, then this "
    "one, and proven."
)
_LIMITS: Final = f"""\
<details><summary>what this can't show</summary>

- `{STAND_IN}` stands for each table that a schema of the base has; views, sequences, functions and types that exist
  already get what is shown for future ones, unless `only` names them.
- What is different in the real database (drift, objects of foreign owners, other roles) is seen by the deploy, which
  proves its result or changes nothing, and by `keyless sync --dry-run`.
- Passwords are not read.

</details>"""


class BaseError(Exception):
    """The base can't be read from git."""


@dataclass(frozen=True)
class Comment:
    text: str
    refused: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comment; the exit status as the module says."""
    parser = argparse.ArgumentParser(
        "keyless.access_plan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--base", required=True, metavar="REF", help="the commit to compare with, as git names it: origin/main"
    )
    parser.add_argument(
        "--config", type=Path, default=Path("config/access.yaml"), metavar="FILE", help="the access spec in this folder"
    )
    options = parser.parse_args(arguments)
    try:
        with TemporaryDirectory(prefix="keyless-plan-") as folder:
            comment = compare(_of_commit(options.base, options.config, Path(folder)), options.config)
    except (BaseError, PostgresError) as error:
        print(f"keyless.access_plan: {error}", file=sys.stderr)
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(comment.text)
    return 1 if comment.refused else 0


def _of_commit(ref: str, config: Path, folder: Path) -> Path | None:
    """The file as it was in that commit; None when it had none."""
    if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").returncode:
        raise BaseError(f"git knows no commit {ref!r}; fetch it, or name another with --base")
    shown = _git("show", "--end-of-options", f"{ref}:./{config.as_posix()}")
    if shown.returncode:
        return None
    path = folder / config.name
    path.write_bytes(shown.stdout)
    return path


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *arguments], capture_output=True, check=False)


def compare(base: Path | None, head: Path, *, staged: Callable[[], AbstractContextManager[Stage]] = stage) -> Comment:
    """The comment on the change from `base` (None: there was no spec) to `head`, both carried out where `staged` puts
    them up.

    Raises:
        PostgresError: when no server starts here.
    """
    before, notes = _base(base)
    try:
        after = AccessSpec.load(head)
        with staged() as stand:
            notes += _put_up(stand, before, after)
            results = stand.apply(after)
    except AccessError as error:
        return Comment(
            _page("refused: a deploy would change nothing", *_quoted(notes), *_quoted([str(error)])), refused=True
        )
    notes += [
        f"Database {name} is not declared any more: what users may do in it stays as it is."
        for name in _left(before, after)
    ]
    return Comment(_changes(results, notes))


def _base(path: Path | None) -> tuple[AccessSpec | None, list[str]]:
    if path is None:
        return None, ["The base has no access spec, so everything is new."]
    try:
        return AccessSpec.load(path), []
    except AccessError as error:
        return None, [f"The base's spec is not valid, so everything is shown as new:\n{error}"]


def _put_up(stand: Stage, before: AccessSpec | None, after: AccessSpec) -> list[str]:
    if before is not None:
        try:
            stand.apply_with_stand_ins(before, after)
        except (AccessError, psycopg.Error) as error:
            return [
                f"The base's spec can't be carried out whole, so what is shown may be more than what changes:\n{error}"
            ]
    return []


def _left(before: AccessSpec | None, after: AccessSpec) -> list[str]:
    declared = {database.name for database in after.databases}
    return (
        [database.name for database in before.databases if database.name not in declared] if before is not None else []
    )


def _changes(results: Mapping[str, Summary], notes: Sequence[str]) -> str:
    # Without its warnings, which are about the throwaway server.
    reports = {
        name: Report(plan=found.plan, pending=found.pending)
        for name, found in results.items()
        if found.plan or found.pending
    }
    count = sum(len(report.plan) for report in reports.values())
    title = f"{count} change{'s' if count > 1 else ''}" if count else "nobody's access changes"
    return _page(
        title,
        *([_HOW] if count else []),
        *_quoted(notes),
        *([render.as_markdown(reports).strip(), _LIMITS] if reports else []),
    )


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([MARKER, f"### Access plan: {title}", *parts]) + "\n"


def _quoted(sentences: Sequence[str]) -> list[str]:
    """What specs and servers say, in a fence that nothing in it can end: no name in it becomes a link or calls
    somebody."""
    text = "\n".join(sentences)
    if not text:
        return []
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… (the rest is in the log of `make synth`)"
    longest = max(map(len, re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text\n{shown}\n{fence}"]
