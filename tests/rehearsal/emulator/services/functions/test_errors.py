"""What goes wrong with a function has the type and the words that Lambda has for it."""

import json
import secrets
from typing import Any

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.services.functions.errors import MOST_BYTES
from keyless.rehearsal.emulator.services.functions.starting import START
from tests.rehearsal.emulator.functions import create_function, create_role

WRONG = {
    "an import of what isn't there": (
        "import nonexistent_thing",
        ("Runtime.ImportModuleError", "Unable to import module 'index': No module named 'nonexistent_thing'"),
    ),
    "no handler": ("x = 1", ("Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'")),
    "code that can't be read": ("def handler(:", ("Runtime.UserCodeSyntaxError", "Syntax error in module 'index'")),
    "an error while it is imported": ("import os\nos.environ['NONE']", ("KeyError", "'NONE'")),
    "a process that ends": (
        "import os\ndef handler(event, context):\n    os._exit(1)",
        ("Runtime.ExitError", "Worker process died"),
    ),
    "one that ends while it is imported": ("import os\nos._exit(1)", ("Runtime.ExitError", "Worker process exited")),
    "an error of its own": (
        "class Bad(Exception): ...\ndef handler(event, context):\n    raise Bad('no name')",
        ("Bad", "no name"),
    ),
    "an answer that is not JSON": (
        "def handler(event, context):\n    return {1, 2}",
        ("Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable"),
    ),
    "an answer that is too long": (
        f"def handler(event, context):\n    return 'x' * {MOST_BYTES}",
        ("Function.ResponseSizeTooLarge", "(6291556 bytes)"),
    ),
}


def called(cloud: Cloud, code: str, event: object) -> dict[str, Any]:
    name = f"wrong-{secrets.token_hex(4)}"
    create_function(cloud, name, create_role(cloud, name, "lambda.amazonaws.com"), code)
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    assert (answer.get("FunctionError") == "Unhandled") == bool(payload)
    return payload


@pytest.mark.parametrize("case", WRONG)
def test_an_error_is_told_as_by_lambda(cloud: Cloud, case: str) -> None:
    code, (kind, words) = WRONG[case]
    payload = called(cloud, code, {})
    assert (payload["errorType"], words in payload["errorMessage"]) == (kind, True), payload


def test_where_it_went_wrong_is_told(cloud: Cloud) -> None:
    """By the first frame it is known whether the handler was called at all."""
    imported = called(cloud, "import os\nos.environ['NONE']", {})
    assert "in import_module" in imported["stackTrace"][0]
    raised = called(cloud, "def handler(event, context):\n    raise KeyError(1)", {})
    assert "in handler" in raised["stackTrace"][0]


def test_a_function_is_started_without_being_called(cloud: Cloud) -> None:
    code = "def handler(event, context):\n    raise RuntimeError('it was called')"
    assert called(cloud, code, START) is None
    assert called(cloud, "import nonexistent_thing", START)["errorType"] == "Runtime.ImportModuleError"
