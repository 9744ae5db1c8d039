"""The lines of a rotated secret: the function keeps the old password in its process, and must find the new one."""

from collections.abc import Iterator

from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.lines.logins.caller import Caller, callers
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.own.lines import called_again
from keyless.rehearsal.stage.running import Stage


def rotation(stage: Stage) -> Iterator[Line]:
    """Of one secret; nothing where no function of the app has one that is rotated."""
    with_secrets = [each for each in callers(stage) if each.client.secret and stage.deployed.secrets.rotates(each.user)]
    if not with_secrets:
        return
    caller = with_secrets[-1]
    old = caller.own_password()
    yield Line(f"a rotation of {caller.user}'s secret", Outcome.ALLOWED, "", _rotated(caller))
    stage.end_sessions()
    yield from called_again(stage, caller.client, "after the rotation")
    new = caller.tries(caller.endpoint)
    yield Line(f"{caller.user} with the new password", Outcome.ALLOWED, "", new)
    before = caller.tries(caller.endpoint, password=old)
    yield Line("the password before the rotation", Outcome.WRONG_PASSWORD, caller.user, before)


def _rotated(caller: Caller) -> Attempt:
    try:
        caller.stage.deployed.secrets.rotate(caller.user)
    except CloudError as error:
        return Attempt(Outcome.OTHER, str(error))
    return Attempt(Outcome.ALLOWED, "the rotation function has made a new version the current one")
