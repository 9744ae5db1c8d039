"""The lines of what is refused to everybody: bad tokens, no TLS, and the master to all but the engine."""

from collections.abc import Iterator
from dataclasses import replace

from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.lines.logins.caller import Caller, callers
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.stage.running import Stage


def bad_logins(stage: Stage) -> Iterator[Line]:
    caller = next(each for each in sorted(callers(stage), key=_fitness) if not each.client.secret and each.signs)
    yield from _bad_tokens(caller)
    yield from _without_tls(caller)
    yield from of(stage).as_master(caller)


def _fitness(caller: Caller) -> tuple[bool, bool]:
    """The app's behind the proxy, if there is one."""
    return caller.client.engine, not caller.through_proxy


def _bad_tokens(caller: Caller) -> Iterator[Line]:
    stage, entry = caller.stage, caller.endpoint
    what = f"{stage.kind}'s token at the proxy" if caller.through_proxy else "another host's token"
    # The token's name, not the resource, is what differs: a direct function has a right on the same database.
    other = stage.database if caller.through_proxy else replace(entry, host=f"other.{entry.host}")
    for what_, because, token in (
        ("expired token", "ExpiredToken", caller.token(entry, expired=True)),
        ("tampered token", "SignatureDoesNotMatch", tokens.tampered(caller.token(entry))),
        ("foreign region's token", "InvalidToken", caller.token(entry, region=_another(caller.stage.cloud.region))),
        (what, "InvalidToken", caller.token(other)),
    ):
        yield Line(what_, Outcome.BAD_TOKEN, because, caller.tries(entry, password=token))


def _another(region: str) -> str:
    return "us-west-2" if region != "us-west-2" else "us-east-2"


def _without_tls(caller: Caller) -> Iterator[Line]:
    stage = caller.stage
    if stage.deployed.has_proxy:
        yield Line("no TLS, at the proxy", Outcome.NO_TLS, "requires TLS", caller.tries(stage.proxy, tls=False))
    at_database = caller.tries(stage.database, tls=False)
    yield Line(f"no TLS, at the {stage.kind}", Outcome.NO_TLS, of(stage).no_tls, at_database)
