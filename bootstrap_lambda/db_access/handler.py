"""The custom resource: the access to one database, or to one server of the MySQL family, created, updated and deleted
with its stack.

Called by the CDK's provider framework, which alone answers CloudFormation: this returns or raises, and logs no event
(an event holds a presigned URL). A failed Create leaves nothing behind that lets anybody do anything, since on
PostgreSQL each call is one transaction, and on MySQL who is new is locked until the end. A rolled back Update is an
Update like any other.

A schedule has it end memberships that were given for a while (`ending`).

Whoever else may invoke it can only have done again what was deployed: the spec is pinned in the function's settings.
"""

import logging
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from db_access import ending, families, logs
from db_access.errors import AccessError, UnapprovedError, UnreachableError, shortened
from db_access.families import family
from db_access.family import Family, Subject
from db_access.patience import Patience
from db_access.plan.report import AnySummary
from db_access.spec import AccessSpec, transport
from db_access.spec.deployed import Deployed, ForeignEventError
from db_access.timeouts import Timeouts

logs.set_up()
families.load()
_LOG = logging.getLogger(__name__)

_NOTHING: Final = sha256().hexdigest()
"""The digest of no statement."""
_REASON_BYTES: Final = 2000
"""CloudFormation takes a response of 4096 bytes at most, and the framework adds its own text to ours."""


def on_event(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Create, Update or Delete the access to one database, or to one server.

    ResourceProperties: `Database` (its name; none for a server), `Cluster` (the cluster's resource id), `Spec` (the
    access spec) or what `spec_transport` reads instead, and, where an approval is needed, `Approved`: its `Digest`, and
    when it was `Made`.

    Or, from a schedule, `EndExpired` beside `Database`, `Cluster` and the spec: end the memberships that are over.

    Raises:
        AccessError: with the cause, cut to what CloudFormation shows; the whole text is in the log.
    """
    try:
        if not isinstance(event, Mapping):
            raise ForeignEventError("the event is no JSON object, so nothing was done; allowed: a custom resource's")
        return ending.handle(event, family(os.environ)) if ending.EVENT in event else _answered(event, context)
    except AccessError as error:
        _LOG.error("%s", error)
        raise shortened(error, _REASON_BYTES) from error


def _answered(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    deployed, engine = Deployed.read(os.environ), family(os.environ)
    properties, old = (transport.mapping(event, name) for name in ("ResourceProperties", "OldResourceProperties"))
    match event.get("RequestType"):
        case "Delete":
            physical_id = transport.field(event, "PhysicalResourceId")
            return {"PhysicalResourceId": physical_id, "Data": _delete(physical_id, properties, deployed, engine)}
        case "Create" | "Update":
            cluster, subject = transport.field(properties, "Cluster"), engine.subject(properties)
            data = _converge(subject, properties, old, deployed, Patience.of_call(os.environ, context))
            return {"PhysicalResourceId": f"{cluster}{subject.suffix}", "Data": data}
        case other:
            raise ForeignEventError(f"{other!r} is no request, so nothing was done; allowed: Create, Update, Delete")


def _converge(
    subject: Subject, properties: Mapping[str, Any], old: Mapping[str, Any], deployed: Deployed, patience: Patience
) -> dict[str, Any]:
    """`old`: of an Update, the properties before it."""
    spec = transport.giving_back(AccessSpec.parse(transport.received(properties, deployed)), old)
    approved = transport.approved(properties, deployed)
    try:
        summary = subject.converge(spec, timeouts=_timeouts(), patience=patience, approved=approved)
    except UnapprovedError as error:
        if approved is None or not approved.older_than(transport.mapping(old, "Approved")):
            raise
        # CloudFormation takes a failed deploy back so. To fail here would leave the stack stuck; to go on would do what
        # nobody has seen. The drift watch says what differs from the spec that holds again.
        _LOG.warning("the approval that holds again doesn't cover the way back, so nothing was changed: %s", error)
        return {"Changes": 0, "Digest": _NOTHING}
    return _answer(summary)


def _delete(physical_id: str, properties: Mapping[str, Any], deployed: Deployed, engine: Family) -> dict[str, Any]:
    """A Delete that can't do anything any more succeeds: a stack must be deletable after its database is gone, and
    what a failed deploy has made must be. So it doesn't wait for a database that may be gone, either."""
    if re.split("[/:]", physical_id)[0] != os.environ["DB_CLUSTER_RESOURCE_ID"]:
        return _kept(_not_its_own(physical_id))  # perhaps of an engine of another family, with other properties
    subject = engine.subject(properties)
    if why := _in_the_way(physical_id, subject, transport.manager(properties), deployed):
        return _kept(why)
    try:
        # Of what the spec has no more the rights there go; who logs in is for the runs in its other databases to say.
        summary = subject.remove(
            deployed.managers[0],
            rights_only=not subject.declared_by(deployed),
            timeouts=_timeouts(),
            patience=Patience.told(os.environ),
        )
    except UnreachableError as error:
        _LOG.warning("the database can't be reached, so its access goes with it: %s", error)
        return {}
    return _answer(summary)


def _in_the_way(physical_id: str, subject: Subject, manager: str, deployed: Deployed) -> str | None:
    """Why a Delete isn't carried out, if it isn't."""
    if physical_id != f"{os.environ['DB_CLUSTER_RESOURCE_ID']}{subject.suffix}":
        return _not_its_own(physical_id)
    if manager not in deployed.managers:
        return f"roles managed by {manager!r} are not this function's; its own are {', '.join(deployed.managers)}"
    if deployed.protected and subject.declared_by(deployed):
        return (
            f"the environment is protected, and its access spec still declares {subject}; deploy with "
            "`protected=False` first, or without the database"
        )
    return None


def _not_its_own(physical_id: str) -> str:
    return f"{physical_id!r} is not this function's"


def _kept(why: str) -> dict[str, Any]:
    _LOG.warning("nothing was deleted: %s", why)
    return {}


def _answer(summary: AnySummary) -> dict[str, Any]:
    """Short, since CloudFormation takes little; what an operator should know stands in the log."""
    for sentence in (*summary.pending, *summary.warnings):
        _LOG.warning("%s", sentence)
    return {"Changes": summary.changes, "Digest": summary.digest}


def _timeouts() -> Timeouts:
    """The defaults leave time for an answer within what `Patience` leaves to the run; LOCK_SECONDS changes the wait for
    locks."""
    return Timeouts(lock=float(os.environ.get("LOCK_SECONDS", Timeouts.lock)))
