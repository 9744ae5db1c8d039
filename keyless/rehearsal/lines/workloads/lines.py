"""Starts each service and server whose code is known, asks it what its rehearsal file says, and holds who it then was
to the database, and how it got its credentials, against what is deployed."""

from collections.abc import Iterator
from typing import Any

from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.lines.masked import masked
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.own.lines import called
from keyless.rehearsal.lines.own.server import refusing
from keyless.rehearsal.lines.workloads import metadata
from keyless.rehearsal.lines.workloads.logins import Login, Since
from keyless.rehearsal.own_lines.model import FILE, OwnLine, RehearsalFile, Result
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.workloads.command import StartError
from keyless.rehearsal.workloads.credentials.instances import InstanceMetadata
from keyless.rehearsal.workloads.running import Credentials


def of_workloads(stage: Stage) -> Iterator[Line]:
    """Of each that has a file, in the order that the files say."""
    found = [(each, stage.own_files.get(each.source)) for each in stage.deployed.workloads]
    for workload, file in sorted(((each, file) for each, file in found if file), key=lambda pair: pair[1].order):
        lines = "1 line" if len(file.lines) == 1 else f"{len(file.lines)} lines"
        stage.tell(f"starting {workload.name}: {lines}")
        yield from (line.of(f"{workload.kind.group} {workload.name}") for line in _of(stage, workload, file))


def notes(stage: Stage) -> Iterator[str]:
    for workload in stage.deployed.workloads:
        if workload.source not in stage.own_files:
            why = (
                f"no {FILE} beside its code"
                if workload.source
                else "its template doesn't say where its code is (say_source)"
            )
            yield f"{workload.name} was not started: {why}"


def _of(stage: Stage, workload: Workload, file: RehearsalFile) -> Iterator[Line]:
    since = Since.now(stage, workload)
    try:
        with stage.running(workload) as running:
            for index, line in enumerate(file.lines):
                yield called(workload.name, running.process.invoke, _filled(line, workload), index, refusing(stage))
            yield _its_logins(since, running.credentials)
            if isinstance(running.credentials, InstanceMetadata):
                yield from metadata.lines(workload.name, running.credentials)
    except StartError as error:
        yield Line(f"{workload.name} starts", Outcome.ALLOWED, "", Attempt(Outcome.OTHER, masked(str(error))))


def _its_logins(since: Since, credentials: Credentials) -> Line:
    workload, database = since.workload, since.stage.database
    way = "through the proxy" if workload.host != database.host else f"straight into the {since.stage.kind}"
    what = f"{workload.name} itself logs in as {workload.user}, {way}"
    logins = since.logins()
    strange = [each for each in logins if not _is_its(each, workload)]
    if logins and not strange and credentials.given:
        who = logins[0].principal or f"with the password of {workload.secret}"
        return Line(what, Outcome.ALLOWED, "", Attempt(Outcome.ALLOWED, f"{who}, by {credentials}"))
    others = [f"as {each.user}, {each.principal}" for each in strange]
    why = "; ".join([*others, *since.refusals()]) or (
        f"{credentials} gave none out" if logins else "no login of it was seen"
    )
    return Line(what, Outcome.ALLOWED, "", Attempt(Outcome.OTHER, why))


def _is_its(login: Login, workload: Workload) -> bool:
    role = f":assumed-role/{workload.role.rpartition('/')[2]}/"
    return login.user == workload.user and (bool(workload.secret) or role in login.principal)


def _filled(line: OwnLine, workload: Workload) -> OwnLine:
    """A text `$NAME` in a result is the setting of that name."""
    if not isinstance(line.expect, Result):
        return line
    result = _with_settings(line.expect.result, workload)
    return line.model_copy(update={"expect": line.expect.model_copy(update={"result": result})})


def _with_settings(value: Any, workload: Workload) -> Any:
    match value:
        case dict():
            return {name: _with_settings(inner, workload) for name, inner in value.items()}
        case list():
            return [_with_settings(inner, workload) for inner in value]
        case str() if value.startswith("$"):
            return workload.settings.get(value[1:], value)
        case _:
            return value
