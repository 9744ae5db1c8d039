"""`keyless check`: what is wrong with an access spec, from its file alone. Imports no driver and no client of AWS."""

import sys
from pathlib import Path

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.source import Source, shown
from db_access.wording import json_text, one_line
from keyless.cli.family import Engine, alone
from keyless.cli.status import DONE, FAILED


def run(file: Path, engine: Engine | None = None, *, as_json: bool) -> int:
    """The exit status. `engine`: what the spec is for; None: what the variables say.

    Raises:
        SpecError: with every problem, unless the result is asked for as JSON.
    """
    if as_json:
        return _as_json(file, engine)
    spec = _loaded(file, engine)
    print(f"{one_line(str(shown(file)))}: valid: {_counted(spec)}")
    return DONE


def _as_json(file: Path, engine: Engine | None) -> int:
    problems: tuple[str, ...] = ()
    try:
        _loaded(file, engine)
    except SpecError as error:
        problems = error.problems
    result = {"file": str(shown(file)), "valid": not problems, "problems": [*problems]}
    sys.stdout.write(json_text(result) + "\n")
    return FAILED if problems else DONE


def _loaded(file: Path, engine: Engine | None) -> AccessSpec:
    """Raises SpecError also with what the engine has no word for."""
    spec = AccessSpec.load(file)
    if engine in (Engine.MYSQL, Engine.AURORA_MYSQL, Engine.MARIADB) or (engine is None and alone()):
        from db_access.mysql.state import Flavor
        from db_access.mysql.translation import refusals, too_long

        flavors = {Engine.MYSQL: Flavor.MYSQL, Engine.AURORA_MYSQL: Flavor.MYSQL, Engine.MARIADB: Flavor.MARIADB}
        source, flavor = Source(file), flavors.get(engine or Engine.POSTGRESQL)
        found = [*refusals(spec, source), *(too_long(spec, flavor, source) if flavor else ())]
        if found:
            raise SpecError(found)
    return spec


def _counted(spec: AccessSpec) -> str:
    found = {"database": spec.databases, "group": spec.groups, "user": spec.users}
    return ", ".join(f"{len(several)} {kind}{'' if len(several) == 1 else 's'}" for kind, several in found.items())
