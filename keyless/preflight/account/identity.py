"""Who the credentials are."""

from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
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
_CAUSES: Final[tuple[tuple[type[Exception], str, tuple[str, ...]], ...]] = (
    (NoCredentialsError, "there are no AWS credentials", _CONFIGURE),
    (ProfileNotFound, "AWS_PROFILE names no profile", _CONFIGURE),
    (SSOError, "the sign-in to AWS has ended", _SIGN_IN),
    (LoginError, "the sign-in to AWS has ended", _SIGN_IN),
    (TokenRetrievalError, "the sign-in to AWS has ended", _SIGN_IN),
    (ConnectionError, "AWS can't be reached", ("check the network, AWS_ENDPOINT_URL and HTTPS_PROXY",)),
    (HTTPClientError, "AWS can't be reached", ("check the network, AWS_ENDPOINT_URL and HTTPS_PROXY",)),
)
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
    try:
        answer = sts.get_caller_identity()
    except ClientError as error:
        raise _refused(error) from error
    except BotoCoreError as error:
        raise unusable(error) from error
    return Identity(answer["Account"], answer["Arn"])


def unusable(error: BotoCoreError) -> CredentialsError:
    """What botocore's error means for somebody who has just installed this."""
    for kind, sentence, remedies in _CAUSES:
        if isinstance(error, kind):
            return CredentialsError(f"{sentence}: {error}", remedies)
    return CredentialsError(f"the AWS credentials can't be used: {error}", (*_CONFIGURE, *_SIGN_IN))


def _refused(error: ClientError) -> CredentialsError:
    code = error.response["Error"]["Code"]
    if code in _EXPIRED:
        return CredentialsError(f"the credentials have expired ({code})", _SIGN_IN)
    return CredentialsError(f"AWS refuses the credentials ({code})", (*_SIGN_IN, *_CONFIGURE))
