"""What a question gives for a password, where that isn't the client's own."""

import os
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from botocore.credentials import Credentials
from botocore.session import Session

from keyless_client.trust import region_of, trust_roots
from keyless_probe import passwords, tokens
from keyless_probe.question import Question, Tls, Token

_OTHER_REGIONS = "us-west-2", "us-east-2"
_EXPIRED = tokens.LIFETIME + timedelta(minutes=1)
_NOBODYS = "nobody's password"


def password(question: Question) -> str:
    match question.token:
        case Token.PREVIOUS:
            return passwords.previous(os.environ["DB_SECRET_ARN"])
        case Token.TEXT:
            return _NOBODYS
        case token:
            return _token(question, token)


def roots(question: Question) -> Path:
    """The right ones, or those of the other kind of endpoint."""
    right = trust_roots(question.host)
    if question.tls is Tls.VERIFIED:
        return right
    bundles = [Path(str(path)) for path in files("keyless_client").joinpath("roots").iterdir()]
    return next(path for path in sorted(bundles) if path.suffix == ".pem" and path != right)


def _token(question: Question, kind: Token) -> str:
    host = question.token_host if kind is Token.OTHER_HOST else question.host
    region, age = (
        region_of(question.host) or os.environ["AWS_REGION"],
        _EXPIRED if kind is Token.EXPIRED else timedelta(),
    )
    if kind is Token.OTHER_REGION:
        region = next(other for other in _OTHER_REGIONS if other != region)
    good = tokens.sign(_credentials(), host=host, port=question.port, user=question.user, region=region, age=age)
    return tokens.tampered(good) if kind is Token.TAMPERED else good


def _credentials() -> Credentials:
    found = Session().get_credentials()
    if found is None:
        raise RuntimeError("the function has no credentials of its role")
    return found
