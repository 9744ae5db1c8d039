"""Shared by the handlers of the missing resource types. Runs in ministack's own process.

A handler calls ministack's API functions and refuses every property that it doesn't carry over.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
"""Physical id, and the attributes that Fn::GetAtt gives."""
ApiCall = Callable[[dict[str, str]], tuple[int, Mapping[str, str], bytes]]


class Handler(TypedDict):
    """The entry of one type in ministack's table of resource handlers."""

    create: Callable[[str, Properties, str], Created]
    update: Callable[[str, Properties, Properties, str], Created]
    delete: Callable[[str, Properties], None]


def refuse_unknown(resource_type: str, properties: Properties, known: frozenset[str]) -> None:
    """Raise ValueError, which fails the resource with this text, for a property that would be dropped silently."""
    unknown = sorted(properties.keys() - known)
    if unknown:
        raise ValueError(
            f"{resource_type}: the rehearsal's stand-in does not carry {', '.join(unknown)}; allowed: "
            f"{', '.join(sorted(known))}"
        )


def call(resource_type: str, api: ApiCall, parameters: dict[str, str]) -> str:
    """The body of a successful API call. Raises ValueError with the API's own error code and message."""
    status, _headers, body = api(parameters)
    text = body.decode("utf-8", errors="replace")
    if status >= 400:
        raise ValueError(f"{resource_type}: {_element(text, 'Code') or status}: {_element(text, 'Message') or text}")
    return text


def call_unless_gone(resource_type: str, api: ApiCall, parameters: dict[str, str]) -> None:
    """As `call`, for deletes: what is gone already counts as deleted, as it does for CloudFormation."""
    try:
        call(resource_type, api, parameters)
    except ValueError as error:
        if "NotFound" not in str(error):
            raise


def _element(text: str, name: str) -> str:
    match = re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return match.group(1) if match else ""
