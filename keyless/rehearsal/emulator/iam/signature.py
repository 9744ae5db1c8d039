"""Who signed a request: a credential that this cloud issued, or nobody. Runs in ministack's own process.

ministack's own verifier recomputes the signature. By itself it asks only where an action of IAM's is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from ministack.core import sigv4
from ministack.core.iam_evaluator import CredentialResolutionError, ResolvedCredential, resolve_credential
from ministack.core.responses import get_account_id, set_request_account_id

_ALGORITHM = "AWS4-HMAC-SHA256 "


class RefusedError(Exception):
    """A request is refused, with AWS's code; `service` is the one that it was signed for, if any."""

    def __init__(self, code: str, text: str, service: str = "") -> None:
        super().__init__(text)
        self.code, self.service = code, service


@dataclass(frozen=True)
class Request:
    """A request as it arrived, without its body."""

    method: str
    path: str
    """Not decoded, as it is signed."""
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case; a header on several lines is signed as its values joined by a comma."""

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Request":
        """The request of an ASGI scope."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
        return cls(scope["method"], path.decode("latin-1"), query, headers)


def signature(request: Request) -> sigv4.HeaderSignature:
    """The request's signature, not verified yet. URLs can't be signed here, and a header names one credential.

    Raises:
        RefusedError: there is none, it is incomplete, too old or too new.
    """
    authorization = request.headers.get("authorization", "")
    if not authorization.startswith(_ALGORITHM) or authorization.count("Credential=") != 1:
        raise RefusedError("MissingAuthenticationToken", "Sign the request in one Authorization header.")
    found = sigv4.parse_header_signature(request.headers)
    if isinstance(found, tuple):
        code, text = found
        raise RefusedError(code, text)
    if skewed := sigv4.request_time_failure(found):
        code, text = skewed
        raise RefusedError(code, text, found.service)
    if "host" not in found.signed_headers.split(";") or not sigv4._amz_datetime(found.amz_date):
        raise RefusedError("IncompleteSignature", "Sign the host and a date as in 20261231T235959Z.", found.service)
    return found


def credential(request: Request, signed: sigv4.HeaderSignature) -> ResolvedCredential:
    """The credential that the signature names. Raises RefusedError when it isn't one of this cloud's, or has ended."""
    set_request_account_id(signed.access_key_id)
    token = request.headers.get("x-amz-security-token", "")
    found = resolve_credential(signed.access_key_id, get_account_id(), token)
    if isinstance(found, CredentialResolutionError):
        raise RefusedError(found.code, found.message, signed.service)
    return found


def verify(request: Request, signed: sigv4.HeaderSignature, known: ResolvedCredential, body: bytes) -> None:
    """Raises RefusedError unless the credential's secret made the signature of exactly this request."""
    failure = sigv4.header_signature_failure(
        signed, known.secret_access_key, request.method, request.path, request.query, request.headers, body
    )
    if failure:
        code, text = failure
        raise RefusedError(code, text, signed.service)
