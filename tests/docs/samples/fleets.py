"""What `keyless fleet` shows of clusters in each state."""

from pathlib import Path

from keyless.fleet.found import Result, State, found
from keyless.fleet.shown import shown

_SPEC = "the access spec: databases[0].nam (app), billing.yaml:3: unknown field; did you mean 'name'? allowed: name"
_GAINED = "'lambda_writer' can SELECT on table foo.event, through a grant to the user, though the spec doesn't give it"


def shown_results(_: Path) -> str:
    results = [
        Result("shop-dev", (found("app", State.FINE),)),
        Result("orders-prod", (found("orders", State.DRIFT, [_GAINED, "take away SELECT"]),)),
        Result("legacy", (found("app", State.UNREACHABLE, ["no answer within 50 s, at: database app"]),)),
        Result("billing", (found(None, State.FAILED, [_SPEC]),)),
    ]
    return shown(results, "text")
