"""Errors of functions as Lambda returns them: ministack has one type for whatever goes wrong in a Python function.

Runs in ministack's own process. Also Lambda's limit of what a function may return, and an event that only starts it.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from keyless.rehearsal.emulator.services.functions.resolving import resolve_as_told
from keyless.rehearsal.emulator.services.functions.starting import START

MOST_BYTES: Final = 6_291_556
"""Of a response (Lambda Developer Guide, "Lambda quotas": 6 MB; the number is in Lambda's error)."""
_INIT: Final = "Worker init failed: "
_ENDED: Final = ("Worker process died", "Worker process exited immediately")
_SAYS: Final = {
    'json.dumps({"status": "error", "error": str(e)})': (
        'json.dumps({"status": "error", "error": told_of_start(e, module_name, handler_name)})'
    ),
    '"error": str(e), "trace"': '"error": told(e), "trace"',
    '"result": result}': '"result": answer(result)}',
}
"""Parts of ministack's script, and what stands there instead."""
_IN_FRONT: Final = ("told.py", "resolving.py")
"""What runs before the script, which it calls or whose process it prepares."""
Execute = Callable[[Mapping[str, Any], Any, str], dict[str, Any]]


def install() -> None:
    lambda_runtime._PYTHON_WORKER_SCRIPT = _telling(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_svc._execute_function_warm = _as_lambda(lambda_svc._execute_function_warm)


def _telling(script: str) -> str:
    for says, instead in _SAYS.items():
        if script.count(says) != 1:
            raise RuntimeError(
                f"ministack's script for Python functions has {says!r} {script.count(says)} times, not once"
            )
        script = script.replace(says, instead)
    before = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in _IN_FRONT)
    return "\n".join((*before, f"{resolve_as_told.__name__}()", script))


def _as_lambda(execute: Execute) -> Execute:
    def executed(function: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        if event == START:
            return _started(function)
        result = execute(function, event, request_id)
        if result.get("error"):
            return {**result, "body": _error(result["body"])}
        return {**result, **_within_limit(result.get("body"))}

    return executed


def _started(function: Mapping[str, Any]) -> dict[str, Any]:
    config = function.get("config") or function
    worker, _ = lambda_runtime.acquire_worker(config["FunctionName"], config, function.get("code_zip"))
    try:
        lambda_runtime.ensure_spawned(worker)
    except Exception as error:  # ministack's own are of every kind
        return {"body": _error({"errorMessage": str(error)}), "error": True, "log": ""}
    finally:
        lambda_runtime.release_worker(worker)
    return {"body": None, "log": ""}


def _error(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of ministack's error: what the process told, or why it told nothing."""
    message = str(body.get("errorMessage", ""))
    try:
        return dict(json.loads(message.removeprefix(_INIT)))
    except ValueError:
        kind = "Runtime.ExitError" if message.startswith(_ENDED) else body.get("errorType", "Runtime.Unknown")
        return {**body, "errorType": kind}


def _within_limit(body: Any) -> dict[str, Any]:
    size = len(json.dumps(body, ensure_ascii=False).encode())
    if size <= MOST_BYTES:
        return {}
    message = f"Response payload size exceeded maximum allowed payload size ({MOST_BYTES} bytes)."
    return {"error": True, "body": {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}}
