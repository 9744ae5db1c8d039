"""The lines of logins: each function, service and group of servers as its user, by its pattern, and as nobody else."""

from collections.abc import Iterator

from keyless.rehearsal.lines.attempts import secret_read
from keyless.rehearsal.lines.logins.caller import Caller, callers
from keyless.rehearsal.lines.logins.expected import MOST, Refusals
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.rights.by_family import own_login
from keyless.rehearsal.stage.running import Stage


def logins(stage: Stage) -> Iterator[Line]:
    """Of every function, service and group of servers."""
    refusals = Refusals(stage)
    for caller in callers(stage):
        for line in _of(caller, refusals):
            yield line.of(f"{caller.client.kind.group} {caller.client.name}")


def _of(caller: Caller, refusals: Refusals) -> Iterator[Line]:
    yield _as_its_user(caller)
    if not caller.client.secret:
        yield from _elsewhere(caller, refusals)
    for user in refusals.others(caller.user):
        yield from _as_another(caller, user, refusals)
    if caller.client.secret:
        yield from _with_its_secret(caller)
    if not caller.client.engine:
        yield from _others_secrets(caller)


def _as_its_user(caller: Caller) -> Line:
    stage = caller.stage
    way = "through the proxy" if caller.through_proxy else f"straight into the {stage.kind}"
    what = f"{caller.client.name} logs in as {_shown(caller, caller.user)}, {way}"
    expected, because = own_login(stage, caller.user, caller.database)
    return Line(what, expected, because, caller.tries(caller.endpoint))


def _elsewhere(caller: Caller, refusals: Refusals) -> Iterator[Line]:
    """As its user, where it isn't led. To IAM all endpoints of a proxy are one resource."""
    for place, endpoint in caller.stage.places.items():
        if endpoint.resource_id != caller.endpoint.resource_id:
            outcome, because = refusals.of(caller.user, endpoint)
            yield Line(f"{caller.client.name} straight to {place}", outcome, because, caller.tries(endpoint))


def _as_another(caller: Caller, user: str, refusals: Refusals) -> Iterator[Line]:
    """At every endpoint: a right on another than its own is as good to log in with."""
    for place, endpoint in caller.stage.places.items():
        at = "" if endpoint == caller.endpoint else f", at {place}"
        outcome, because = refusals.of(user, endpoint)
        measured = caller.tries(endpoint, user=user)
        yield Line(f"{caller.client.name} as {_shown(caller, user)}{at}", outcome, because, measured)


def _with_its_secret(caller: Caller) -> Iterator[Line]:
    name, entry, own = caller.client.name, caller.endpoint, caller.own_password()
    wrong = Outcome.WRONG_PASSWORD
    yield Line(f"{name} with a wrong password", wrong, caller.user, caller.tries(entry, password="guessed"))  # noqa: S106 - wrong
    with_token = caller.tries(entry, by_token=True)
    yield Line(f"{name} with an IAM token", wrong, caller.user, with_token)
    for user in _with_secrets(caller):
        measured = caller.tries(entry, user=user, password=own)
        yield Line(f"{name} as {user}, with its own password", wrong, user, measured)


def _others_secrets(caller: Caller) -> Iterator[Line]:
    """`because` names the right that is missing."""
    for user in _with_secrets(caller):
        arn = caller.stage.deployed.secrets.arns[user]
        measured = secret_read(caller.stage.cloud, caller.client.role, caller.client.kind.trusted, arn)
        yield Line(
            f"{caller.client.name} reads {user}'s secret", Outcome.BY_IAM, "secretsmanager:GetSecretValue", measured
        )


def _with_secrets(caller: Caller) -> list[str]:
    """Other users whose secrets are deployed."""
    arns = caller.stage.deployed.secrets.arns
    users = (user.username for user in caller.stage.deployed.spec.users)
    return [user for user in users if user != caller.user and user in arns][:MOST]


def _shown(caller: Caller, user: str) -> str:
    return "the master" if user == caller.stage.deployed.database.master else user
