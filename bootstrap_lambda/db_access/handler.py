"""The custom resource: one database's access, created, updated and deleted with its stack.

Called by the CDK's provider framework, which alone answers CloudFormation: this returns or raises, and logs no event
(an event holds a presigned URL). Each call is one transaction, so a failed Create leaves nothing behind, and a rolled
back Update is an Update like any other.

Whoever else may invoke it can only have done again what was deployed: the spec is pinned in the function's settings.
"""

import logging
import os
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from db_access import logs
from db_access.errors import AccessError, UnreachableError, shortened
from db_access.postgresql import reconcile
from db_access.postgresql.connection import CONNECT_SECONDS, with_token
from db_access.postgresql.databases import ELSEWHERE
from db_access.spec import AccessSpec, transport
from db_access.spec.deployed import Deployed, ForeignEventError

logs.set_up()
_LOG = logging.getLogger(__name__)

_REASON_BYTES: Final = 2000
"""CloudFormation takes a response of 4096 bytes at most, and the framework adds its own text to ours."""


def on_event(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Create, Update or Delete the access to one database.

    ResourceProperties: `Database` (its name), `Cluster` (the cluster's resource id), `Spec` (the access spec) or what
    `spec_transport` reads instead.

    Raises:
        AccessError: with the cause, cut to what CloudFormation shows; the whole text is in the log.
    """
    try:
        return _answered(event)
    except AccessError as error:
        _LOG.error("%s", error)
        raise shortened(error, _REASON_BYTES) from error


def _answered(event: Mapping[str, Any]) -> dict[str, Any]:
    deployed = Deployed.read(os.environ)
    properties, old = (transport.mapping(event, name) for name in ("ResourceProperties", "OldResourceProperties"))
    match event.get("RequestType"):
        case "Delete":
            physical_id = transport.field(event, "PhysicalResourceId")
            return {"PhysicalResourceId": physical_id, "Data": _delete(physical_id, properties, deployed)}
        case "Create" | "Update":
            physical_id = f"{transport.field(properties, 'Cluster')}/{transport.database(properties)}"
            data = _converge(properties, old, deployed)
            return {"PhysicalResourceId": physical_id, "Data": data}
        case other:
            raise ForeignEventError(f"{other!r} is no request, so nothing was done; allowed: Create, Update, Delete")


def _converge(properties: Mapping[str, Any], old: Mapping[str, Any], deployed: Deployed) -> dict[str, Any]:
    """`old`: of an Update, the properties before it."""
    spec = transport.giving_back(AccessSpec.parse(transport.received(properties, deployed)), old)
    database = properties["Database"]
    # The master came in with an IAM token: that only such tokens let it in is no lock-out.
    masters = frozenset({os.environ["PGUSER"]})
    summary = reconcile.converge(
        _connect(database), spec, database, iam_logins=masters, timeouts=_timeouts(), elsewhere=_connect(ELSEWHERE)
    )
    return _answer(summary)


def _delete(physical_id: str, properties: Mapping[str, Any], deployed: Deployed) -> dict[str, Any]:
    """A Delete that can't do anything any more succeeds: a stack must be deletable after its database is gone, and
    what a failed deploy has made must be."""
    database, manager = transport.database(properties), transport.manager(properties)
    if kept := _kept(physical_id, database, manager, deployed):
        _LOG.warning("nothing was deleted: %s", kept)
        return {}
    declared = database in deployed.databases
    try:
        # Of what the spec has no more the rights there go; who logs in is for the runs in its other databases to say.
        summary = reconcile.remove(
            _connect(database), deployed.managers[0], rights_only=not declared, timeouts=_timeouts()
        )
    except UnreachableError as error:
        _LOG.warning("the database can't be reached, so its access goes with it: %s", error)
        return {}
    return _answer(summary)


def _kept(physical_id: str, database: str, manager: str, deployed: Deployed) -> str | None:
    """Why a Delete isn't carried out, if it isn't."""
    if physical_id != f"{os.environ['DB_CLUSTER_RESOURCE_ID']}/{database}":
        return f"{physical_id!r} is not this function's"
    if manager not in deployed.managers:
        return f"roles managed by {manager!r} are not this function's; its own are {', '.join(deployed.managers)}"
    if deployed.protected and database in deployed.databases:
        return (
            f"the environment is protected, and its access spec still declares database {database!r}; deploy with "
            "`protected=False` first, or without the database"
        )
    return None


def _answer(summary: reconcile.Summary) -> dict[str, Any]:
    """Short, since CloudFormation takes little; what an operator should know stands in the log."""
    for sentence in (*summary.pending, *summary.warnings):
        _LOG.warning("%s", sentence)
    return {"Changes": summary.changes, "Digest": summary.digest}


def _connect(database: str) -> reconcile.Connect:
    return partial(with_token, database, budget=float(os.environ.get("CONNECT_SECONDS", CONNECT_SECONDS)))


def _timeouts() -> reconcile.Timeouts:
    """The defaults leave time for an answer within the function's three minutes; LOCK_SECONDS changes the wait for
    locks."""
    return reconcile.Timeouts(lock=float(os.environ.get("LOCK_SECONDS", reconcile.Timeouts.lock)))
