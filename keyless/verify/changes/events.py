"""The app's own lines, measured on the account: the events of the rehearsal.yaml beside each function."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.own.lines import called
from keyless.rehearsal.own_lines.files import in_order
from keyless.rehearsal.own_lines.model import RehearsalFile
from keyless.verify.calling import call
from keyless.verify.deployed import Clients, Deployed, Function

Calls = tuple[tuple[Function, RehearsalFile], ...]


def planned(app: Path, deployed: Deployed) -> Calls:
    """Of each function that has such a file in the app's folder. Raises RehearsalFileError."""
    folders = ((one, app / one.source) for one in deployed.functions if one.source)
    return tuple(in_order(folders, "PostgreSQL"))  # no other is verified


def events(clients: Clients, calls: Calls) -> Iterator[Line]:
    for function, file in calls:
        for index, line in enumerate(file.lines):
            invoke = partial(call, clients, function.function_name)
            yield called(function.name, invoke, line, index).of(f"function {function.name}")
