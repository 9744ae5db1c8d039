"""The bootstrap function as deploys set it up, one after the other, with approvals in its layers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from db_access import handler
from db_access.postgresql import connection as engine_connection
from db_access.postgresql import effects, reconcile
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import SETTING, Deployed, digest
from db_access.spec.transport import APPROVED, FOLDER
from tests.conftest import MASTER, Database


class Watched(psycopg.Connection[Any]):
    """A connection that lets a test come between the plan and its first statement, under the engine's lock."""

    between: Callable[[], None] | None = None

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        # The changes are the one message in a transaction that is sent as bytes.
        if isinstance(query, bytes) and self.info.transaction_status is TransactionStatus.INTRANS:
            between, Watched.between = Watched.between, None
            if between:
                between()
        return super().execute(query, *arguments, **options)


@dataclass
class Function:
    database: Database
    folder: Path
    patch: pytest.MonkeyPatch
    properties: dict[str, Any] = field(default_factory=dict)
    """Of the last deploy."""

    def __post_init__(self) -> None:
        (self.folder / FOLDER).mkdir()
        self.patch.syspath_prepend(str(self.folder))
        for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1", "LOCK_SECONDS": "1"}.items():
            self.patch.setenv(name, value)
        self.patch.setattr(engine_connection, "with_token", lambda name, *, patience: self.connect(name))

    def connect(self, name: str) -> Watched:
        return Watched.connect(self.database.server.conninfo(MASTER, name), client_encoding="UTF8")

    def approve(self, spec: AccessSpec) -> Approved:
        """What is to be done now, written down and read again."""
        names = [database.name for database in spec.databases]
        seen = {name: reconcile.observe(self._way(name), spec, name, elsewhere=self._way("postgres")) for name in names}
        return stored(effects.approval(digest(spec.as_properties()), seen))

    def _way(self, name: str) -> reconcile.Connect:
        return lambda: self.connect(name)

    def deploy(self, spec: AccessSpec, approved: Approved | None, database: str = "app") -> dict[str, Any]:
        """As CloudFormation does it: the function first, then the resource. Returns the answer's data."""
        raw = spec.as_properties()
        setting = Deployed.of(spec, protected=True, approved=approved.digest if approved else None).setting
        self.patch.setenv(SETTING, setting)
        named = {}
        if approved:
            (self.folder / FOLDER / f"{APPROVED}{approved.digest}.json").write_text(approved.text)
            named = {"Approved": {"Digest": approved.digest, "Made": approved.made}}
        return self.send({"Database": database, "Cluster": "cluster-1", "Spec": raw, **named})

    def send(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The properties of a deploy that has set the function up; a failure is one of CloudFormation's, too."""
        old, self.properties = self.properties, properties
        event = {
            "RequestType": "Update" if old else "Create",
            "PhysicalResourceId": f"cluster-1/{properties['Database']}",
            "ResourceProperties": properties,
            "OldResourceProperties": old,
        }
        return dict(handler.on_event(event, None)["Data"])


def stored(approved: Approved) -> Approved:
    return Approved.parse(approved.model_dump(mode="json"), "the approval")
