"""Calls a deployed function and waits for its answer, with the process's AWS credentials. Once for each question."""

import json
import os
from collections.abc import Mapping
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoRegionError, ReadTimeoutError
from botocore.session import Session

from db_access.errors import AccessError

SECONDS: Final = 200
"""To wait for an answer. The drift watch itself is ended after 180."""


class FunctionError(AccessError):
    """The function that was to look couldn't be asked, or couldn't look."""


def answer(function: str, event: Mapping[str, Any], key: str, what: str) -> Any:
    """What the function, by its name or ARN, answers under `key`.

    Args:
        what: the answer, in the sentence that says that there is none.

    Raises:
        FunctionError: when there is none, and why.
    """
    payload = _payload(function, event)
    if isinstance(payload, dict) and key in payload:
        return payload[key]
    said = payload.get("errorMessage") if isinstance(payload, dict) else None
    raise FunctionError(
        f"function {function} gave no {what}: {said or 'it is another one'}; allowed: the "
        "drift watch of the environment, deployed with this version of the code"
    )


def _payload(function: str, event: Mapping[str, Any]) -> object:
    """None where it is no JSON, or no text at all."""
    config = Config(read_timeout=SECONDS, retries={"max_attempts": 0})
    try:
        client: Any = Session().create_client("lambda", _region(function), config=config)
        answered = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        return json.loads(answered["Payload"].read())
    except NoRegionError as error:
        raise FunctionError(
            f"function {function} can't be asked: no AWS region is said; allowed: its ARN, or AWS_REGION"
        ) from error
    except ReadTimeoutError as error:
        raise FunctionError(f"function {function} gave no answer within {SECONDS} seconds; allowed: again") from error
    except (BotoCoreError, ClientError) as error:
        raise FunctionError(f"function {function} can't be asked: {error}") from error
    except ValueError:
        return None


def _region(function: str) -> str | None:
    """That of an ARN, or AWS_REGION, which botocore doesn't read; None leaves it to the other settings."""
    return function.split(":")[3] if function.startswith("arn:") else os.environ.get("AWS_REGION")
