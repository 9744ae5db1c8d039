"""Functions of the app that no line calls: that their code can at least be loaded, as for a call."""

from collections.abc import Iterator

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.emulator.services.functions.starting import START
from keyless.rehearsal.lines.masked import masked
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.own_lines.model import FILE
from keyless.rehearsal.stage.running import Stage


def starts(stage: Stage) -> Iterator[Line]:
    """Of each: its process is started, its handler is not called."""
    for client in _uncalled(stage):
        yield Line(f"{client.name} starts", Outcome.ALLOWED, "", _started(client)).of(f"function {client.name}")


def notes(stage: Stage) -> Iterator[str]:
    for client in _uncalled(stage):
        why = (
            f"no {FILE} beside its code" if client.source else "its template doesn't say where its code is (say_source)"
        )
        yield f"{client.name} was started and never called: {why}"


def _uncalled(stage: Stage) -> list[Client]:
    return [each for each in stage.deployed.clients if not each.engine and each.source not in stage.own_files]


def _started(client: Client) -> Attempt:
    try:
        client.function.invoke(START)
    except FunctionError as error:
        return Attempt(Outcome.OTHER, f"{error.kind}: {masked(error.words)}")
    return Attempt(Outcome.ALLOWED, "its code is loaded and its handler is there")
