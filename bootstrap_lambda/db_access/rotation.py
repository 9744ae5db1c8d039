"""Rotation of a password user's secret: what Secrets Manager calls, step by step, with the id of the version that is to
come.

At any time the role's comment names the version that its password comes from, so nobody has to guess who has set it:

- setSecret gives the role the coming version's password and its mark, while AWSCURRENT is still the old one. The engine
  makes passwords AWSCURRENT's: a run that comes now puts the old one back, mark and all, as clients still need it. Then
  testSecret fails, and Secrets Manager, which begins a failed rotation anew with the same version, sets it again.
- finishSecret sets password and mark once more, and moves AWSCURRENT before its COMMIT. A run of the same database
  waits for the lock; one of another database, for which the lock is another, waits for the role itself or fails and is
  tried again; and a run that set a password looks at the secret once more after its COMMIT. So whatever comes together,
  the password ends as AWSCURRENT's.
- An abandoned rotation is put back by the next run. The drift watch looks at no version, so that no rotation is drift.

No password is in a statement, a log or an error: PostgreSQL gets a SCRAM-SHA-256 verifier, and the test is a SCRAM
login. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import logging
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from db_access import families, logs
from db_access.errors import RotationError
from db_access.families import family
from db_access.secrets import Login, Version, secrets_manager

logs.set_up()
families.load()
_LOG = logging.getLogger(__name__)

_ARN: Final = r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9_/+=.@-]+"
_VERSION_ID: Final = r"[A-Za-z0-9-]{32,64}"
"""API reference, PutSecretValue, ClientRequestToken."""


def handler(event: Mapping[str, Any], context: object) -> None:
    """Carry out one step; a step that was carried out before is carried out again, to the same end.

    Args:
        event: `Step`, `SecretId` (its ARN) and `ClientRequestToken` (the coming version's id).

    Raises:
        AccessError: with the reason. Secrets Manager begins the rotation anew some time later.
    """
    name, arn, token = (str(event.get(field)) for field in ("Step", "SecretId", "ClientRequestToken"))
    step = _STEPS.get(name)
    if step is None:
        raise RotationError(f"{name!r} is not a step of a rotation; allowed: {', '.join(_STEPS)}")
    if not (re.fullmatch(_ARN, arn) and re.fullmatch(_VERSION_ID, token)):
        raise RotationError(
            f"{arn!r} and {token!r} are no secret's ARN and version; allowed: what Secrets Manager sends"
        )
    version = Version(arn, token, secrets_manager(arn))
    if not version.current():
        step(version)
    elif step is _finish:
        _give(version, version.login())  # the label was moved, and perhaps the COMMIT after it failed
    _LOG.info("%s of secret %s, version %s: done", name, version.arn, version.id)


def _create(version: Version) -> None:
    version.create()


def _set(version: Version) -> None:
    _give(version, version.pending())


def _test(version: Version) -> None:
    """A version without a value is Secrets Manager's own trial of a new rotation: no step came before, so the current
    one is tried."""
    login = version.pending() if version.has_value() else version.current_login()
    family(os.environ).log_in(login)


def _finish(version: Version) -> None:
    _give(version, version.pending(), before_commit=version.make_current)


def _give(version: Version, login: Login, before_commit: Callable[[], None] = lambda: None) -> None:
    family(os.environ).set_password(version, login, before_commit)


_STEPS: Final[Mapping[str, Callable[[Version], None]]] = {
    "createSecret": _create,
    "setSecret": _set,
    "testSecret": _test,
    "finishSecret": _finish,
}
