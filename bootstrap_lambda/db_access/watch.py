"""The drift watch: holds one database, or one server of the MySQL family, against its spec and says who gained or lost
what. Writes nothing, reads no secret, and logs in as a user of the spec that can do nothing but look.

Lambda's own destination carries the answer on (no route to EventBridge is needed), and a metric filter counts what the
one JSON line in the log says. Stands in no deploy's way: it looks without the engine's lock first, and takes it only to
look again at what differed, for a deploy may have been on meanwhile. A deploy that holds it, or takes it from the
watch, makes the answer `busy`; anybody else who holds it hides nothing.

Which version of its secret a password comes from is left out: it would take a right to the secrets, and a rotation sees
to it itself.
"""

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from db_access import asked, families
from db_access.errors import AccessError, LockHeldError, shortened
from db_access.families import family
from db_access.family import Subject
from db_access.patience import Patience
from db_access.plan.finding import Finding, busy, of_evidence
from db_access.plan.report import AnyEvidence
from db_access.spec import AccessSpec, transport
from db_access.spec.deployed import Deployed, ForeignEventError

families.load()
_REASON_BYTES: Final = 2000
_CONNECT_SECONDS: Final = 45.0
"""A paused database wakes up in about 15."""
_TRIES: Final = 3


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Look at one database, or one server.

    Args:
        event: `Database` (its name; none for a server), `Cluster` (the function's own, by its resource id), and the
            spec as in the custom resource's properties. Or a question (`asked`) about a spec, of which nothing is
            carried out.

    Returns:
        The finding (docs/drift-watch.md), also as a line of JSON in the log; at most `finding.MOST_BYTES` long. Of a
        question its answer, or the `errorMessage` of why there is none.

    Raises:
        AccessError: when it can't look: an unreachable database, an invalid spec, a refused query.
    """
    if asked.asks(event):
        return asked.answered(event, family(os.environ), _patience())
    try:
        cluster = _cluster(event)
        found = _found(event).answer(cluster=cluster)
    except AccessError as error:
        raise shortened(error, _REASON_BYTES) from error
    print(json.dumps(found), flush=True)  # a logger would put words before the JSON, and no metric filter reads it then
    return found


def _cluster(event: Mapping[str, Any]) -> str:
    """The function's own. Raises ForeignEventError when the event is for another, whose text goes nowhere."""
    own = os.environ["DB_CLUSTER_RESOURCE_ID"]
    if transport.field(event, "Cluster") != own:
        raise ForeignEventError(
            f"the event's `Cluster` is another than this function's, so nothing was done; allowed: {own}"
        )
    return own


def _found(event: Mapping[str, Any]) -> Finding:
    subject = family(os.environ).subject(event)
    return look(subject, AccessSpec.parse(transport.received(event, Deployed.read(os.environ))))


def look(subject: Subject, spec: AccessSpec) -> Finding:
    """What differs: without the lock, and if anything does, again under it."""
    proven = partial(subject.prove, spec, timeouts=asked.TIMEOUTS, patience=_patience())
    found = of_evidence(proven(under_lock=False))
    return _again(found, partial(proven, under_lock=True)) if found.drift else found


def _again(found: Finding, proven: Callable[[], AnyEvidence]) -> Finding:
    """Who has let go of the lock by the time that somebody looks was a run or wasn't: nobody seen hides nothing."""
    for _ in range(_TRIES):
        try:
            return of_evidence(proven())
        except LockHeldError as error:
            if any(holder.role == os.environ["MASTER"] for holder in error.holders):
                return busy(found.database)
    return found


def _patience() -> Patience:
    return Patience.told(os.environ, _CONNECT_SECONDS)
