"""PostgreSQL for the entry points: a run is about one database, since a transaction is."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from db_access.patience import Patience
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import connection, effects, expiring, reconcile, rotation
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.reconcile import Connect
from db_access.secrets import Login, Secret, Version
from db_access.spec import AccessSpec, transport
from db_access.spec.approved import Approved
from db_access.spec.deployed import Deployed, digest
from db_access.timeouts import Timeouts

ConnectTo = Callable[[str, Patience], Connect]
_LOCK_SECONDS: Final = 10.0
_TRANSIENT_SECONDS: Final = 15.0
"""Of a step of a rotation."""


def connect_to(database: str, patience: Patience) -> Connect:
    """As the function's user."""
    return partial(_with_token, database, patience)


def _with_token(database: str, patience: Patience) -> Any:
    return connection.with_token(database, patience=patience)


@dataclass(frozen=True)
class OneDatabase:
    name: str
    connect: ConnectTo = connect_to

    def __str__(self) -> str:
        return f"database {self.name!r}"

    @property
    def suffix(self) -> str:
        return f"/{self.name}"

    def declared_by(self, deployed: Deployed) -> bool:
        return self.name in deployed.databases

    def converge(
        self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, approved: Approved | None
    ) -> Summary:
        # The master came in with an IAM token: that only such tokens let it in is no lock-out.
        return reconcile.converge(
            self.connect(self.name, patience),
            spec,
            self.name,
            iam_logins=frozenset({os.environ["PGUSER"]}),
            timeouts=timeouts,
            elsewhere=self.connect(ELSEWHERE, patience),
            approved=approved,
        )

    def remove(self, managed_by: str, *, rights_only: bool, timeouts: Timeouts, patience: Patience) -> Summary:
        way = self.connect(self.name, patience)
        return reconcile.remove(way, managed_by, rights_only=rights_only, timeouts=timeouts)

    def preview(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> Summary:
        return reconcile.preview(
            self.connect(self.name, patience),
            spec,
            self.name,
            timeouts=timeouts,
            read_secret=None,
            elsewhere=self.connect(ELSEWHERE, patience),
            master=os.environ["MASTER"],
        )

    def prove(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, under_lock: bool) -> Evidence:
        """The master makes the runs with IAM tokens: for that role rds_iam is no lock-out."""
        return reconcile.prove(
            self.connect(self.name, patience),
            spec,
            self.name,
            iam_logins=frozenset({os.environ["MASTER"]}),
            timeouts=timeouts,
            read_secret=None,
            under_lock=under_lock,
            master=os.environ["MASTER"],
        )


@dataclass(frozen=True)
class PostgreSQL:
    connect: ConnectTo = connect_to
    in_question: ClassVar[frozenset[str]] = frozenset({"Database"})

    def subject(self, properties: Mapping[str, Any]) -> OneDatabase:
        return OneDatabase(transport.database(properties), self.connect)

    def asked_about(self, event: Mapping[str, Any], spec: AccessSpec) -> OneDatabase:
        return OneDatabase(spec.database(transport.database(event)).name, self.connect)

    def proposal(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> dict[str, Any]:
        seen = {
            database.name: reconcile.observe(
                self.connect(database.name, patience),
                spec,
                database.name,
                timeouts=timeouts,
                elsewhere=self.connect(ELSEWHERE, patience),
                master=os.environ["MASTER"],
            )
            for database in spec.databases
        }
        return effects.approval(digest(spec.as_properties()), seen).model_dump(mode="json")

    def end_expired(self, event: Mapping[str, Any], spec: AccessSpec, *, patience: Patience) -> dict[str, Any]:
        database = transport.database(event)
        return expiring.end(self.connect(database, patience), spec, database)

    def log_in(self, login: Login) -> None:
        connection.log_in(login.database or ELSEWHERE, login.username, login.password)

    def set_password(self, version: Version, login: Login, before_commit: Callable[[], None]) -> None:
        rotation.give(
            self.connect(login.database or ELSEWHERE, Patience.told(os.environ)),
            login.username,
            Secret(login.password, version.mark),
            managed_by=os.environ["MANAGED_BY"],
            comes_from=version.is_beside,
            before_commit=before_commit,
            lock=float(os.environ.get("LOCK_SECONDS", _LOCK_SECONDS)),
            transient=_TRANSIENT_SECONDS,
        )
