"""`python -m keyless.rehearsal.invoke FUNCTION EVENT`: call a function of the rehearsal that this shell works with.

EVENT is JSON, or @FILE. With --here the handler runs in this process, as the function's role, so that a debugger and
breakpoint() work in it.
"""

import argparse
import importlib
import json
import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import boto3
from botocore.config import Config

from keyless.rehearsal.emulator.services.functions.resolving import resolve_as_told
from keyless.rehearsal.loop.handed_over import FOLDER, Handed, HandedOver, NotRunningError

_SECONDS: Final = 960
"""A call takes at most 900 (Lambda quotas), and is never made twice."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    try:
        handed_over = HandedOver.read(os.environ.get(FOLDER))
        function, event = handed_over.function(options.function), _event(options.event)
    except NotRunningError as error:
        print(error, file=sys.stderr)
        return 2
    return _here(function, event) if options.here else _deployed(handed_over, function, event)


def _here(function: Handed, event: Any) -> int:
    if not function.source:
        print(
            f"{function.function}: its template doesn't say where its code is; allowed: without --here", file=sys.stderr
        )
        return 2
    try:
        print(json.dumps(here(function, event), indent=2))
    except SystemExit as ended:
        print(f"the handler ended the process ({ended.code}); deployed, that is Runtime.ExitError", file=sys.stderr)
        return 1
    return 0


def here(function: Handed, event: Any) -> Any:
    """What its handler returns, run in this process, with the function's own variables and its role's credentials."""
    os.environ.update(function.variables)
    resolve_as_told()
    sys.path[:0] = [function.source, function.bundle]
    module, _, name = function.handler.rpartition(".")
    return getattr(importlib.import_module(module), name)(event, _context(function))


def _context(function: Handed) -> SimpleNamespace:
    """What of Lambda's context is known here (Lambda Developer Guide, "Using the Lambda context object"): a debugger
    has all the time that a call can take."""
    return SimpleNamespace(
        function_name=function.function,
        function_version="$LATEST",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 900_000,
    )


def _deployed(handed_over: HandedOver, function: Handed, event: Any) -> int:
    os.environ.update(handed_over.cloud)
    patient = Config(read_timeout=_SECONDS, retries={"total_max_attempts": 1})
    client = boto3.client("lambda", config=patient)
    answer = client.invoke(FunctionName=function.function, Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read() or b"null")
    failed = "FunctionError" in answer
    print(json.dumps(payload, indent=2), file=sys.stderr if failed else sys.stdout)
    return 1 if failed else 0


def _event(text: str) -> Any:
    """Raises NotRunningError when it is no JSON."""
    try:
        read = Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
        return json.loads(read, parse_constant=_refused)
    except OSError as error:
        raise NotRunningError(f"{text[1:]} can't be read: {error.strerror}; allowed: @FILE with JSON in it") from error
    except ValueError as error:
        raise NotRunningError(f"the event is not JSON: {error}; allowed: JSON, or @FILE with it") from error


def _refused(constant: str) -> None:
    """Of Python's additions to JSON."""
    raise ValueError(f"it has {constant}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keyless.rehearsal.invoke", description=__doc__)
    parser.add_argument("function", help="its name, as the rehearsal shows it")
    parser.add_argument("event", nargs="?", default="{}", help="JSON, or @FILE (default: {})")
    parser.add_argument("--here", action="store_true", help="run the handler in this process, for a debugger")
    return parser


if __name__ == "__main__":
    sys.exit(main())
