"""`keyless check`: what is wrong with an access spec, from its file alone. Imports no driver and no client of AWS."""

import sys
from pathlib import Path

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.source import shown
from db_access.wording import json_text, one_line
from keyless.cli.status import DONE, FAILED


def run(file: Path, *, as_json: bool) -> int:
    """The exit status.

    Raises:
        SpecError: with every problem, unless the result is asked for as JSON.
    """
    if as_json:
        return _as_json(file)
    spec = AccessSpec.load(file)
    print(f"{one_line(str(shown(file)))}: valid: {_counted(spec)}")
    return DONE


def _as_json(file: Path) -> int:
    problems: tuple[str, ...] = ()
    try:
        AccessSpec.load(file)
    except SpecError as error:
        problems = error.problems
    result = {"file": str(shown(file)), "valid": not problems, "problems": [*problems]}
    sys.stdout.write(json_text(result) + "\n")
    return FAILED if problems else DONE


def _counted(spec: AccessSpec) -> str:
    found = {"database": spec.databases, "group": spec.groups, "user": spec.users}
    return ", ".join(f"{len(several)} {kind}{'' if len(several) == 1 else 's'}" for kind, several in found.items())
