"""The probes while a `with` block lasts: deployed by the cdk command line, asked through Lambda, and removed."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from keyless.ending import tell, unstoppable
from keyless.rehearsal.cdk.process import Progress
from keyless.verify.deployed import Clients, Deployed, Function
from keyless.verify.plan import NO_MORE, Place, Variables, probe_name, write_plan
from keyless.verify.reachable import reachable
from keyless.verify.removal import STILL, LeftError, described, remove
from keyless_probe.question import Question

_PER_CALL = 10
"""Questions: one that nobody answers takes ten seconds of a probe's two minutes."""

_OUTPUT: Final = "ProbeName"
"""What the names of the stack's outputs end with."""
_INIT: Final = re.compile(r"^REPORT .*\bInit Duration: ([0-9.]+) ms", re.MULTILINE)


class ProbeError(Exception):
    """A probe could not be asked, so nothing is known."""


class Toolkit(Protocol):
    """The cdk command line, for the one stack of the probes."""

    def deploy(self, plan: Path) -> Mapping[str, str]:
        """The stack's outputs."""


class Probes:
    """Deployed probes. Ask them anything from the closed list of `keyless_probe`."""

    def __init__(self, clients: Clients, names: Mapping[str, str]) -> None:
        self._lambda, self._names = clients("lambda"), names
        self.cold_starts: dict[str, float] = {}
        """Milliseconds, by the deployed function's name; of those that Lambda reported."""
        self.needed = False
        """Whether something is to be undone with them, so that they must not be removed."""

    @property
    def functions(self) -> Iterator[Function]:
        """The probes themselves, those that are there. They can be asked as what they stand for: a later deploy may
        have taken that away."""
        for output, name in self._names.items():
            try:
                configuration = self._lambda.get_function_configuration(FunctionName=name)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                continue
            yield Function(output.removesuffix(_OUTPUT), configuration, source="")

    def ask(self, function: Function, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
        """The answers, in the order of the questions. Raises ProbeError."""
        left = list(questions)
        while left:
            answers = self._call(function, left[:_PER_CALL])
            yield from answers
            left = left[len(answers) :]

    def _call(self, function: Function, questions: Sequence[Question]) -> list[dict[str, Any]]:
        if (name := self._names.get(f"{probe_name(function)}{_OUTPUT}")) is None:
            raise ProbeError(f"{function.name} has no probe")
        event = {"questions": [question.as_json() for question in questions]}
        answer = self._lambda.invoke(FunctionName=name, LogType="Tail", Payload=json.dumps(event).encode())
        if (took := cold_start(answer.get("LogResult", ""))) is not None:
            self.cold_starts[function.name] = took
        payload = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer or not payload["answers"]:
            raise ProbeError(f"the probe of {function.name} failed: {payload.get('errorMessage', payload)}")
        return list(payload["answers"])


def cold_start(tail: str) -> float | None:
    """Milliseconds until the handler's module was loaded: the REPORT line of the first call in an environment has them.

    Args:
        tail: the last 4 KB of the log, in base64, as Invoke answers.
    """
    found = _INIT.search(base64.b64decode(tail).decode("utf-8", "replace"))
    return float(found[1]) if found else None


def standing(clients: Clients, place: Place) -> Probes | None:
    """Those that another verify has deployed, if there are any."""
    if (found := described(clients("cloudformation"), place.stack)) is None:
        return None
    return Probes(clients, {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())})


@contextmanager
def probes(
    toolkit: Toolkit,
    clients: Clients,
    deployed: Deployed,
    place: Place,
    folder: Path,
    variables: Variables = NO_MORE,
    progress: Progress = tell,
) -> Iterator[Probes]:
    """Deploy one beside each of the app's functions; whatever happens, remove what this has made, unless it is needed.

    Raises:
        LeftError: they could not be removed. An error of the block stays the one that is raised, with this as its note.
    """
    run, asked = uuid4().hex, None
    file = write_plan(place, deployed.functions, folder, reachable(deployed, variables), run)
    try:
        asked = Probes(clients, toolkit.deploy(file))
        yield asked
    except BaseException as error:
        if not (asked and asked.needed):
            _removed_after(error, clients, place, progress, run)
        raise
    _removed(clients, place, progress, run)


def _removed_after(error: BaseException, clients: Clients, place: Place, progress: Progress, run: str) -> None:
    try:
        _removed(clients, place, progress, run)
    except LeftError as left:
        error.add_note(str(left))
    except KeyboardInterrupt:
        pass  # the error before it says more


def _removed(clients: Clients, place: Place, progress: Progress, run: str) -> None:
    with unstoppable(STILL):
        remove(clients, place.stack, progress, run)


def by_function(asked: Sequence[Any]) -> Iterator[tuple[Function, list[Any]]]:
    for _, group in groupby(asked, key=lambda one: one.function.name):
        found = list(group)
        yield found[0].function, found
