"""Lambda's own lines of a call, in its log and in the tail that a caller asks for: ministack's tail has only what the
function wrote, and its REPORT line never an Init Duration.

Runs in ministack's own process. An Init Duration is there where a process was started for the call, and is how long
that took, unpacking included.
"""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_started: ContextVar[float | None] = ContextVar("started", default=None)
"""Milliseconds that starting a process took for the call that is on in this thread."""
Execute = Callable[[Mapping[str, Any], Any, str], dict[str, Any]]


def install() -> None:
    lambda_runtime.Worker._spawn = _timed(lambda_runtime.Worker._spawn)
    lambda_svc._execute_function_warm = _reported(lambda_svc._execute_function_warm)


def _timed(spawn: Callable[[Any], None]) -> Callable[[Any], None]:
    def timed(worker: Any) -> None:
        began = time.perf_counter()
        spawn(worker)
        _started.set((time.perf_counter() - began) * 1000)

    return timed


def _reported(execute: Execute) -> Execute:
    def reported(function: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        began = time.perf_counter()
        _started.set(None)
        result = execute(function, event, request_id)
        whole, init = (time.perf_counter() - began) * 1000, _started.get()
        lines = _lines(function.get("config") or function, request_id, whole - (init or 0), init)
        start, *end = lines
        log = "\n".join([start, *filter(None, [result.get("log", "")]), *end])
        return {**result, "log": log, "log_source": "rie"}  # as ministack calls logs that have these lines already

    return reported


def _lines(config: Mapping[str, Any], request_id: str, duration: float, init: float | None) -> list[str]:
    """Lambda Developer Guide, "Sending Python function logs to CloudWatch"."""
    report = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration:.2f} ms",
        f"Billed Duration: {duration + (init or 0):.0f} ms",
        f"Memory Size: {config.get('MemorySize', 128)} MB",
        f"Max Memory Used: {lambda_svc._probe_peak_memory_mb(config)} MB",
        *([f"Init Duration: {init:.2f} ms"] if init is not None else []),
    ]
    version = config.get("Version", "$LATEST")
    return [
        f"START RequestId: {request_id} Version: {version}",
        f"END RequestId: {request_id}",
        "\t".join(report) + "\t",
    ]
