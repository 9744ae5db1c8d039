"""`make`, asked itself by --dry-run; what it would run is then held against the tools that it calls."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from keyless.init.app import TEMPLATE
from stacks.environments import ENVIRONMENTS
from tests.docs.reading.pages import ROOT
from tests.docs.shell.commands import Command, commands, placeholder

_APP = TEMPLATE / "app" / "Makefile"
"""Of an app that `keyless init` writes."""
_APPS = ("dev", "prod")
"""Its environments."""
_ASSIGNED = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)


def problems(command: Command) -> Iterator[str]:
    """A sentence for a target or a variable that the Makefile doesn't know."""
    yield from _unknown(command, ROOT / "Makefile", tuple(environment.name for environment in ENVIRONMENTS))


def in_app(command: Command) -> Iterator[str]:
    """The same of a command in the folder of an app that `keyless init` wrote."""
    yield from _unknown(command, _APP, _APPS)


def _unknown(command: Command, makefile: Path, environments: Sequence[str]) -> Iterator[str]:
    variables = _variables(command)
    targets = [word for word in command.words[1:] if not _ASSIGNED.fullmatch(word) and not word.startswith("-")]
    if any(placeholder(target) for target in targets):
        return
    yield from (f"the Makefile has no target {name!r}" for name in targets if name not in _targets(makefile))
    yield from (f"the Makefile reads no variable {name}" for name in variables if not _read(makefile, name))
    environment = variables.get("ENV", "dev")
    if environment not in (*environments, "all") and not placeholder(environment):
        yield f"there is no environment {environment!r}; allowed: {', '.join(environments)}"


def called(command: Command) -> Iterator[Command]:
    """What it would run: commands of the tools, with the variables filled in."""
    asked = subprocess.run(["make", "-n", *command.words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    given = _variables(command)
    for line in asked.stdout.replace("\\\n", " ").splitlines():
        if re.match(
            r"(options=|PYTHONPATH=\S* |set -f; |HOSTILE|POSTGRES_BIN)?.*(\.venv/bin|node_modules/\.bin)/", line
        ):
            yield from commands(re.sub(r"\$([A-Z]+)", lambda found: given.get(found[1], "dev"), line), whole=False)


def _variables(command: Command) -> dict[str, str]:
    return {found[1]: found[2] for word in command.words[1:] if (found := _ASSIGNED.fullmatch(word))}


@cache
def _text(makefile: Path) -> str:
    return makefile.read_text()


@cache
def _targets(makefile: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z][\w-]*):", _text(makefile), re.MULTILINE))


def _read(makefile: Path, name: str) -> bool:
    return bool(re.search(rf"\$\$?[({{]?{name}\b|filter off,\$\({name}\)", _text(makefile)))
