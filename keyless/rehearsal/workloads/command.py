"""What starts a workload here: a container's command, or what a unit of systemd in its folder starts.

A program is looked for by its name on this machine, Python being the one that rehearses. The folder with the code is
the current one, whatever it is called in the image.
"""

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from keyless.rehearsal.deployment.kinds import SERVERS
from keyless.rehearsal.deployment.workloads import Workload

_PYTHON: Final = re.compile(r"python3?(\.\d+)?")
_SETTING: Final = re.compile(r"^(ExecStart|WorkingDirectory)=(.+)$", re.MULTILINE)


class StartError(Exception):
    """A workload can't be started, ends, or doesn't listen. Says why."""


def command(workload: Workload, folder: Path) -> list[str]:
    """For a process in `folder`. Raises StartError."""
    if not workload.command:
        raise StartError("its template names no command; allowed: `command` of the service, `systemctl enable --now` "
                         "of servers")  # fmt: skip
    words = _of_unit(folder / workload.command[0]) if workload.kind is SERVERS else list(workload.command)
    return [_program(words[0]), *words[1:]]


def _of_unit(path: Path) -> list[str]:
    """As systemd splits ExecStart, with paths in WorkingDirectory made relative."""
    if not path.is_file():
        raise StartError(f"{path.name} is not in the folder of its code, and user data starts it; allowed: that unit")
    found = dict(_SETTING.findall(path.read_text(encoding="utf-8")))
    if "ExecStart" not in found:
        raise StartError(f"{path.name} has no ExecStart")
    here = found.get("WorkingDirectory", "").rstrip("/") + "/"
    return [word.removeprefix(here) if here != "/" else word for word in shlex.split(found["ExecStart"])]


def _program(word: str) -> str:
    name = Path(word).name
    if _PYTHON.fullmatch(name):
        return sys.executable
    if found := shutil.which(name):
        return found
    raise StartError(f"{name}, which starts it, is not installed on this machine")
