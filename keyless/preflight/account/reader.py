"""Asks AWS, and only asks: an operation that isn't among those that it is made for is refused before it is sent."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from keyless.preflight.account.actions import ACTIONS, Actions, right
from keyless.preflight.account.identity import CredentialsError
from keyless.preflight.finding import UnansweredError

Clients = Callable[[str], Any]
"""A boto3 client of a service, by boto3's name for it."""
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})


class NotReadOnlyError(Exception):
    """Our own code asked for something else than it may."""


class Reader:
    """One account and region, of which only `actions` may be asked: by default what the preflight asks."""

    def __init__(self, clients: Clients, actions: Actions = ACTIONS) -> None:
        self._client = cache(lambda service: read_only(clients(service), service, actions))

    def read(self, service: str, operation: str, *, missing: frozenset[str] = frozenset(), **parameters: Any) -> Any:
        """The answer; None when AWS answers with one of the error codes `missing`.

        Raises:
            UnansweredError: when there is no answer, and why.
        """
        return self._asked(service, operation, missing, lambda client, method: getattr(client, method)(**parameters))

    def items(
        self, service: str, operation: str, key: str, *, missing: frozenset[str] = frozenset(), **parameters: Any
    ) -> list[Any]:
        """What is under `key` in all pages of the answer; nothing where `read` has None. Raises as `read` does."""

        def collected(client: Any, method: str) -> list[Any]:
            if not client.can_paginate(method):
                return list(getattr(client, method)(**parameters)[key])
            return [item for page in client.get_paginator(method).paginate(**parameters) for item in page[key]]

        return list(self._asked(service, operation, missing, collected) or ())

    def _asked(self, service: str, operation: str, missing: frozenset[str], call: Callable[[Any, str], Any]) -> Any:
        try:
            return call(self._client(service), xform_name(operation))
        except ClientError as error:
            if error.response["Error"]["Code"] in missing:
                return None
            raise UnansweredError(_reason(service, operation, error)) from error
        except (BotoCoreError, CredentialsError) as error:
            raise UnansweredError(f"{right(service, operation)} got no answer: {error}") from error


def read_only(client: Any, service: str, actions: Actions = ACTIONS) -> Any:
    """`client`, refusing whatever isn't in `actions`. Only this one: what fetches credentials has its own."""

    def refuse(model: Any, **_: Any) -> None:
        if model.name not in actions.get(service, ()):
            raise NotReadOnlyError(f"{service}:{model.name} may not be called here")

    client.meta.events.register_first("before-call", refuse)
    return client


def _reason(service: str, operation: str, error: ClientError) -> str:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _DENIED:
        return f"these credentials need the permission {right(service, operation)}"
    return f"{right(service, operation)} was answered with {code}{': ' if message else ''}{message}"
