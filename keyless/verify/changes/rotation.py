"""A rotation of a function's secret: how soon its new password works on the function's way to the database, and the
one before it doesn't any more. RDS Proxy reads secrets when it likes; a database knows at once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.verify.deployed import Clients, Deployed, Function
from keyless.verify.measured import measured
from keyless.verify.probes import Probes
from keyless.verify.questions import Address, reached, right
from keyless_probe.question import Question, Token

_ROTATION_SECONDS: Final = 300.0
_NOTICE_SECONDS: Final = 120.0
_PAUSE_SECONDS: Final = 0.5
ROTATED, NEW, OLD = "its secret rotated", "with the new password", "with the password before the rotation"


def planned(clients: Clients, deployed: Deployed) -> tuple[Function, ...]:
    """One function of each user whose secret a deployed function rotates."""
    by_user = {one.login.user: one for one in reversed(deployed.functions) if one.login.secret}
    manager = clients("secretsmanager")
    return tuple(one for _, one in sorted(by_user.items()) if _rotates(manager, one))


def _rotates(manager: Any, function: Function) -> bool:
    return bool(manager.describe_secret(SecretId=_arn(function)).get("RotationEnabled"))


def _arn(function: Function) -> str:
    return function.variables["DB_SECRET_ARN"]


def rotation(
    probes: Probes, clients: Clients, function: Function, address: Address, progress: Progress
) -> Iterator[Line]:
    """The later lines' milliseconds are from when Secrets Manager was seen to call the new version the current one."""
    progress(f"rotating the secret of {function.login.user}, up to {_ROTATION_SECONDS:.0f} s")
    done = _rotated(clients("secretsmanager"), _arn(function))
    began = time.monotonic()
    yield Line(f"{function.name}: {ROTATED}", Outcome.ALLOWED, "", done)
    if done.outcome is not Outcome.ALLOWED:
        return
    for what, token, expected in ((NEW, Token.SECRET, Outcome.ALLOWED), (OLD, Token.PREVIOUS, Outcome.WRONG_PASSWORD)):
        progress(f"logging in {what}, up to {_NOTICE_SECONDS:.0f} s")
        question = reached(replace(right(function.login), token=token), address)
        tried = _until(partial(_tried, probes, function, question), expected, began)
        yield Line(f"{function.name} {what}", expected, "", tried)


def _tried(probes: Probes, function: Function, question: Question) -> Attempt:
    (answer,) = probes.ask(function, [question])
    return measured(answer)


def _rotated(manager: Any, arn: str) -> Attempt:
    try:
        version = manager.rotate_secret(SecretId=arn)["VersionId"]
        deadline = time.monotonic() + _ROTATION_SECONDS
        while "AWSCURRENT" not in manager.describe_secret(SecretId=arn)["VersionIdsToStages"].get(version, ()):
            if time.monotonic() > deadline:
                return Attempt(Outcome.OTHER, f"its rotation has not finished in {_ROTATION_SECONDS:.0f} s")
            time.sleep(_PAUSE_SECONDS)
    except ClientError as error:
        return Attempt(Outcome.OTHER, str(error))
    return Attempt(Outcome.ALLOWED, "its rotation function has made a new version the current one")


def _until(tries: Callable[[], Attempt], expected: Outcome, began: float) -> Attempt:
    """The last attempt, and how long after `began` it came out as expected, if it did in time."""
    while True:
        tried, spent = tries(), time.monotonic() - began
        if tried.outcome is expected:
            return replace(tried, reason=f"{tried.reason}, {spent * 1000:.0f} ms after it", milliseconds=spent * 1000)
        if spent > _NOTICE_SECONDS:
            return replace(tried, reason=f"{tried.reason}, {spent:.0f} s after it still")
        time.sleep(_PAUSE_SECONDS)
