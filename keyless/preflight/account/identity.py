"""Who the credentials are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any, Final

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

_CONFIGURE: Final = (
    "export AWS_PROFILE=NAME   # a profile of `aws configure list-profiles`",
    "aws configure sso         # makes one; then `aws sso login`",
)
_SIGN_IN: Final = (
    "aws sso login             # or, with other credentials, export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
    "AWS_SESSION_TOKEN anew",
)
_SETTINGS: Final = (
    "aws configure list        # which settings count, and where each is from; then mend it or unset it",
)
_REACH: Final = ("check the network, AWS_ENDPOINT_URL and HTTPS_PROXY",)
_CAUSES: Final[tuple[tuple[type[Exception], str, tuple[str, ...]], ...]] = (
    (NoCredentialsError, "there are no AWS credentials", _CONFIGURE),
    (ProfileNotFound, "AWS_PROFILE names no profile", _CONFIGURE),
    (SSOError, "the sign-in to AWS has ended", _SIGN_IN),
    (LoginError, "the sign-in to AWS has ended", _SIGN_IN),
    (TokenRetrievalError, "the sign-in to AWS has ended", _SIGN_IN),
    (ConnectionError, "AWS can't be reached", _REACH),
    (HTTPClientError, "AWS can't be reached", _REACH),
    (PartialCredentialsError, "a part of the AWS credentials is missing", _SETTINGS),
    (OSError, "a file or command that the AWS credentials are from can't be used", _SETTINGS),
    (JSONDecodeError, "a credential_process or a file of the AWS credentials is not valid JSON", _SETTINGS),
    (ValueError, "a setting for AWS is not valid", _SETTINGS),
)
_UNSENDABLE: Final = "header value"
"""In http.client's and botocore's errors, the first of which goes on with the value: a session token."""
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})


class CredentialsError(Exception):
    """There are no credentials to look with. `remedies` is what to do next."""

    def __init__(self, message: str, remedies: tuple[str, ...]) -> None:
        super().__init__(message)
        self.remedies = remedies


@dataclass(frozen=True)
class Identity:
    account: str
    arn: str

    @property
    def partition(self) -> str:
        """`aws`, or `aws-cn` and others."""
        return self.arn.split(":")[1]


def identify(sts: Any) -> Identity:
    """Who the client's credentials are. Asking needs no permission (sts:GetCallerIdentity, API Reference).

    Raises:
        CredentialsError: when they are missing, expired or refused, or AWS can't be reached.
    """
    with credentials_errors():
        answer = sts.get_caller_identity()
    return Identity(answer["Account"], answer["Arn"])


@contextmanager
def credentials_errors() -> Iterator[None]:
    """Around whatever makes botocore read its settings or look for credentials, which it does when it makes a client
    and when it sends the first request. Not all that it raises is its own: a file isn't there, JSON isn't any.

    Raises:
        CredentialsError: in place of each of them.
    """
    try:
        yield
    except ClientError as error:
        raise _refused(error) from error
    except Exception as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> CredentialsError:
    """What botocore's error means for somebody who has just installed this."""
    if _UNSENDABLE in str(error):
        return CredentialsError(
            "the AWS credentials have a character that can't be sent, such as a line break in AWS_SESSION_TOKEN",
            _SIGN_IN,
        )
    for kind, sentence, remedies in _CAUSES:
        if isinstance(error, kind):
            return CredentialsError(f"{sentence}: {error}", remedies)
    return CredentialsError(f"the AWS credentials can't be used: {error}", (*_SETTINGS, *_CONFIGURE, *_SIGN_IN))


def _refused(error: ClientError) -> CredentialsError:
    code = error.response["Error"]["Code"]
    if code in _EXPIRED:
        return CredentialsError(f"the credentials have expired ({code})", _SIGN_IN)
    return CredentialsError(f"AWS refuses the credentials ({code})", (*_SIGN_IN, *_CONFIGURE))
