"""`keyless adopt`: write a spec from a database that is there, and on request the comments that make its roles the
spec's."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg import Error as PostgresError

from db_access.errors import AccessError
from db_access.postgresql import ddl
from db_access.postgresql.failures import explained
from db_access.spec import AccessSpec
from db_access.spec.source import shown
from db_access.wording import json_text, listed, one_line, quoted, visible
from keyless.adopt import marking, written
from keyless.adopt.settling import Adopted
from keyless.cli import family
from keyless.cli.connection import connect, tell
from keyless.cli.effective import named_database
from keyless.cli.options import SPEC
from keyless.cli.status import DONE


class UnadoptableError(AccessError):
    """The database can't be read, or the file can't be written."""


def run(database: str | None, to: Path, manager: str, *, mark: bool, as_json: bool) -> int:
    """The exit status. The file says what the database has, and stdout what makes it so."""
    family.refuse_mysql()
    if to.exists():
        raise UnadoptableError(f"{shown(to)} is there already; allowed: a new file")
    found = _looked(named_database(database), manager, to, mark=mark)
    spec = AccessSpec.load(to)
    _tell_what_is_left(found)
    sys.stdout.write(_as_json(found, to, spec, mark) if as_json else _as_text(found, to, spec, mark))
    return DONE


def _looked(database: str, manager: str, to: Path, *, mark: bool) -> Adopted:
    """The file is written before the comments are there for good: these without it would be nobody's."""
    with closing(connect(database)) as connection:
        try:
            found = (marking.mark if mark else marking.look)(connection, manager)
            with _made(to, written.text(found)):
                connection.commit()
            return found
        except PostgresError as error:
            raise UnadoptableError(f"database {quoted(database)} can't be adopted: {explained(error)}") from error


@contextmanager
def _made(file: Path, text: str) -> Iterator[None]:
    """A new file with the text, unless it or the block fails."""
    try:
        if file == SPEC:
            file.parent.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as stream, _removed_after_failure(file):
            stream.write(text)
            stream.flush()
            yield
    except OSError as error:
        raise UnadoptableError(f"{shown(file)}: {error.strerror or error}; nothing was changed") from error


@contextmanager
def _removed_after_failure(file: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _tell_what_is_left(found: Adopted) -> None:
    for schema, why in found.schemas.items():
        tell(one_line(f"schema {quoted(schema)} is not declared: {why}"))
    for role, reasons in found.left.items():
        tell(one_line(f"role {quoted(role)} stays as it is, not managed: {listed(reasons, separator='; ')}"))
    for sentence in found.outsiders:
        tell(one_line(sentence))


def _as_text(found: Adopted, to: Path, spec: AccessSpec, marked: bool) -> str:
    counts = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in _declared(spec).items())
    lines = [f"{one_line(str(shown(to)))}: {counts} declared; {len(spec.acknowledged)} acknowledged"]
    if found.marks:
        missing = "until these comments are made (--mark makes them), a sync is refused"
        when = "these comments say who manages them now" if marked else missing
        lines += [f"-- {when}", *_statements(found)]
    if not (spec.users or spec.groups):
        lines += _nobody(found, to, spec)
    return visible("\n".join([*lines, ""]))


def _declared(spec: AccessSpec) -> dict[str, int]:
    return {"user": len(spec.users), "group": len(spec.groups), "owner": len({*spec.makers()})}


def _nobody(found: Adopted, to: Path, spec: AccessSpec) -> Iterator[str]:
    yield "-- nobody is declared: a sync gives and takes nothing, and a proof says nothing of what anybody may do"
    words = shlex.join(["keyless", "create-user", "NAME", "--databases", spec.databases[0].name, "--config", str(to)])
    yield f"-- write first whoever comes next, then what it may do, as its grants: {one_line(words)}"
    if found.left:
        yield "-- or put right what the end of the file says of a role, and adopt again to another file"


def _as_json(found: Adopted, to: Path, spec: AccessSpec, marked: bool) -> str:
    result: dict[str, Any] = {
        "file": str(shown(to)),
        "marked": marked,
        "declared": {f"{kind}s": count for kind, count in _declared(spec).items()},
        "marks": _statements(found),
        "schemas": [{"schema": schema, "reason": why} for schema, why in found.schemas.items()],
        "left": [{"role": role, "reasons": reasons} for role, reasons in found.left.items()],
        "outsiders": [*found.outsiders],
    }
    return json_text(result) + "\n"


def _statements(found: Adopted) -> list[str]:
    return [f"{ddl.text(change)};" for change in found.marks]
