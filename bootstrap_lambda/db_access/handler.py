"""The custom resource: one database's access, created, updated and deleted with its stack.

Called by the CDK's provider framework, which alone answers CloudFormation: this returns or raises, and logs no event
(an event holds a presigned URL). Each call is one transaction, so a failed Create leaves nothing behind, and a rolled
back Update is an Update like any other.
"""

import logging
import os
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from db_access.errors import AccessError, UnreachableError, shortened
from db_access.postgresql import reconcile
from db_access.postgresql.connection import CONNECT_SECONDS, as_master
from db_access.postgresql.databases import ELSEWHERE
from db_access.spec import AccessSpec, transport

logging.basicConfig(format="%(levelname)s %(message)s")  # Lambda has set its own handler up already, and keeps it
logging.getLogger().setLevel(logging.INFO)
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
    properties = event["ResourceProperties"]
    physical_id = f"{properties['Cluster']}/{properties['Database']}"
    try:
        if event["RequestType"] == "Delete":
            return {
                "PhysicalResourceId": event["PhysicalResourceId"],
                "Data": _delete(event["PhysicalResourceId"], properties),
            }
        return {"PhysicalResourceId": physical_id, "Data": _converge(properties, event.get("OldResourceProperties"))}
    except AccessError as error:
        _LOG.error("%s", error)
        raise shortened(error, _REASON_BYTES) from error


def _converge(properties: Mapping[str, Any], old: Mapping[str, Any] | None) -> dict[str, Any]:
    """`old`: of an Update, the properties before it."""
    spec = transport.giving_back(AccessSpec.parse(transport.received(properties)), old or {})
    database = properties["Database"]
    # The master came in with an IAM token: that only such tokens let it in is no lock-out.
    masters = frozenset({os.environ["PGUSER"]})
    summary = reconcile.converge(
        _connect(database), spec, database, iam_logins=masters, timeouts=_timeouts(), elsewhere=_connect(ELSEWHERE)
    )
    return _answer(summary)


def _delete(physical_id: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A Delete that can't do anything any more succeeds: a stack must be deletable after its database is gone."""
    database = properties["Database"]
    if physical_id != f"{os.environ['DB_CLUSTER_RESOURCE_ID']}/{database}":
        _LOG.warning("%s is not this function's to delete; nothing was done", physical_id)
        return {}
    try:
        summary = reconcile.remove(_connect(database), transport.manager(properties), timeouts=_timeouts())
    except UnreachableError as error:
        _LOG.warning("the database can't be reached, so its access goes with it: %s", error)
        return {}
    return _answer(summary)


def _answer(summary: reconcile.Summary) -> dict[str, Any]:
    """Short, since CloudFormation takes little; what an operator should know stands in the log."""
    for sentence in (*summary.pending, *summary.warnings):
        _LOG.warning("%s", sentence)
    return {"Changes": summary.changes, "Digest": summary.digest}


def _connect(database: str) -> reconcile.Connect:
    return partial(as_master, database, budget=float(os.environ.get("CONNECT_SECONDS", CONNECT_SECONDS)))


def _timeouts() -> reconcile.Timeouts:
    """The defaults leave time for an answer within the function's three minutes; LOCK_SECONDS changes the wait for
    locks."""
    return reconcile.Timeouts(lock=float(os.environ.get("LOCK_SECONDS", reconcile.Timeouts.lock)))
