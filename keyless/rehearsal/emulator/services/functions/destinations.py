"""Destinations of asynchronous calls: Lambda puts the invocation record on an event bus, which ministack leaves out.

Runs in ministack's own process. The record is put there as the function's role, so that ministack's evaluator decides
on events:PutEvents.
"""

import contextvars
import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_region, new_uuid, request_scope
from ministack.services import lambda_svc

from keyless.rehearsal.emulator.iam.sessions import RoleError, role_session

_RETRIES = 2
"""The default (Lambda API, PutFunctionEventInvokeConfig). No event gets too old here."""
_PAUSE = 0.2
"""Seconds before the first retry, twice as long before the second. Lambda waits one minute and two."""
_VERSION = "$LATEST"
_log = logging.getLogger("keyless.destinations")


@dataclass(frozen=True)
class Ended:
    """The end of an asynchronous call: the result of its last attempt."""

    attempts: int
    result: Mapping[str, Any]

    @property
    def succeeded(self) -> bool:
        return not self.result.get("error")


def install() -> None:
    """Replace ministack's own asynchronous call, which reports no success."""
    lambda_svc.invoke_async_with_retry = invoke


def invoke(function: Mapping[str, Any], event: Any) -> None:
    """Call the function without waiting for it, as ministack's own does."""
    threading.Thread(target=contextvars.copy_context().run, args=(_run, function, event), daemon=True).start()


def _run(function: Mapping[str, Any], event: Any) -> None:
    config = function.get("config") or function
    with request_scope(*lambda_svc._account_region_from_function_config(config)):
        settings = (
            (function.get("event_invoke_configs") or {}).get(_VERSION) or function.get("event_invoke_config") or {}
        )
        ended = _tried(function, event, settings)
        chosen = (settings.get("DestinationConfig") or {}).get("OnSuccess" if ended.succeeded else "OnFailure") or {}
        destination = chosen.get("Destination", "")
        if destination.startswith("arn:aws:events:"):
            _put(
                config,
                destination,
                "Success" if ended.succeeded else "Failure",
                invocation_record(config["FunctionArn"], event, ended),
            )
        elif not ended.succeeded:
            _by_ministack(config, destination, event, ended)
        elif destination:
            _log.warning(
                "%s: its success is not sent to %s: the rehearsal supports event buses only",
                config["FunctionName"],
                destination,
            )


def _tried(function: Mapping[str, Any], event: Any, settings: Mapping[str, Any]) -> Ended:
    """Retried as often as the settings say."""
    retries = int(settings.get("MaximumRetryAttempts", _RETRIES))
    ended = Ended(1, _executed(function, event))
    while not ended.succeeded and ended.attempts <= retries:
        time.sleep(_PAUSE * ended.attempts)
        ended = Ended(ended.attempts + 1, _executed(function, event))
    return ended


def _executed(function: Mapping[str, Any], event: Any) -> Mapping[str, Any]:
    """A throttled call waits and does not count (Lambda Developer Guide, on errors of asynchronous calls)."""
    while (result := lambda_svc._execute_function(function, event)).get("throttle"):
        time.sleep(_PAUSE)
    return dict(result)


def invocation_record(function_arn: str, event: Any, ended: Ended) -> dict[str, Any]:
    """Lambda Developer Guide, "Invocation record"; the function's version belongs to its name there."""
    qualified = function_arn if function_arn.count(":") > 6 else f"{function_arn}:{_VERSION}"
    failed = {} if ended.succeeded else {"functionError": ended.result.get("function_error") or "Unhandled"}
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": qualified,
            "condition": "Success" if ended.succeeded else "RetriesExhausted",
            "approximateInvokeCount": ended.attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": _VERSION, **failed},
        "responsePayload": ended.result.get("body"),
    }


def _put(config: Mapping[str, Any], bus: str, kind: str, record: Mapping[str, Any]) -> None:
    """A record that may not be put is dropped and logged. Lambda counts it in DestinationDeliveryFailures."""
    entry = {
        "EventBusName": bus,
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {kind}",
        "Detail": json.dumps(record),
        "Resources": [record["requestContext"]["functionArn"], bus],
    }
    try:
        answer = _as_the_function(config).put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            _log.warning("%s: its record is not on the bus: %s", config["FunctionName"], answer["Entries"])
    except (BotoCoreError, ClientError, RoleError) as error:
        _log.warning("%s: its record is not on the bus: %s", config["FunctionName"], error)


def _as_the_function(config: Mapping[str, Any]) -> Any:
    session = role_session(config["Role"], "lambda.amazonaws.com", get_region())
    return boto3.Session(
        session["AWS_ACCESS_KEY_ID"],
        session["AWS_SECRET_ACCESS_KEY"],
        session["AWS_SESSION_TOKEN"],
        region_name=get_region(),
    ).client("events", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")


def _by_ministack(config: Mapping[str, Any], destination: str, event: Any, ended: Ended) -> None:
    """Failures that go to queues, topics and functions are left to ministack."""
    target = destination or (config.get("DeadLetterConfig") or {}).get("TargetArn", "")
    if target:
        lambda_svc._route_async_failure(target, config["FunctionName"], event, dict(ended.result))
