"""A throwaway PostgreSQL to which two specs are applied one after the other. Reaches no real database.

Stand-ins take the place of what exists in a real database: in each schema one table that stands for all of them, and
the tables and sequences that `only` names.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_urlsafe

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from db_access.postgresql import reconcile
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.reconcile import Connect, Summary
from db_access.secrets import Secret
from db_access.spec import AccessSpec, Grant, Schema
from db_access.spec.model.names import split_object
from keyless.rehearsal.servers.kept_schemas import make_kept_schemas
from keyless.rehearsal.servers.postgres import Postgres

STAND_IN = "each_existing_table"
_MASTER, _SCRATCH = "keyless_master", "keyless_scratch"
_PLACEHOLDER = Secret(token_urlsafe(), version="current")
"""In place of every password; no real secret is read."""
_KINDS = {"TABLE": SQL("TABLE"), "SEQUENCE": SQL("SEQUENCE")}


@contextmanager
def stage() -> Iterator["Stage"]:
    """A server that lives as long as the block."""
    with Postgres() as server:
        yield Stage.on(server)


@dataclass(frozen=True)
class Stage:
    server: Postgres

    @classmethod
    def on(cls, server: Postgres) -> "Stage":
        """A stage on `server`, which must have none of the spec's roles and databases."""
        server.create_master(_MASTER, iam=True, password=None, database=_SCRATCH)
        return cls(server)

    def apply(self, spec: AccessSpec) -> dict[str, Summary]:
        """Apply `spec` to every database and prove it; the result of each.

        Raises:
            AccessError: when the engine refuses the spec.
        """
        make_kept_schemas(self.server, spec, _MASTER)
        return {database.name: self._converge(spec, database.name) for database in spec.databases}

    def apply_with_stand_ins(self, spec: AccessSpec, following: AccessSpec) -> None:
        """`apply`, with stand-ins in its schemas for what `spec` and `following` are about."""
        self.apply(spec)
        for database in spec.databases:
            with self.server.connect(database=database.name) as connection:
                for schema in database.schemas:
                    for statement in _stand_ins(schema, _grants((spec, following), database.name, schema.name)):
                        connection.execute(statement)
        self.apply(spec)

    def _converge(self, spec: AccessSpec, database: str) -> Summary:
        return reconcile.converge(
            self._connect(database),
            spec,
            database,
            iam_logins=frozenset({_MASTER}),
            read_secret=lambda _: _PLACEHOLDER,
            elsewhere=self._connect(ELSEWHERE),
        )

    def _connect(self, database: str) -> Connect:
        return lambda: psycopg.connect(self.server.conninfo(_MASTER, database))


def _grants(specs: Sequence[AccessSpec], database: str, schema: str) -> list[Grant]:
    return [
        grant
        for spec in specs
        for who in spec.grantees
        for grant in who.grants
        if grant.database == database and schema in grant.schemas
    ]


def _stand_ins(schema: Schema, grants: Sequence[Grant]) -> Iterator[Composed]:
    """DDL for the schema's tables, which have every key column, and sequences; the schema's owner owns them, and what
    keeps its owner is the master's here."""
    keys = dict.fromkeys(column for grant in grants for column in grant.key_columns)
    columns = SQL(", ").join(SQL("{} text").format(Identifier(column)) for column in keys)
    for name, kind in {STAND_IN: "TABLE", **_named_objects(schema, grants)}.items():
        definition = SQL("({})").format(columns) if kind == "TABLE" else SQL("")
        yield SQL("CREATE {} {} {}").format(_KINDS[kind], Identifier(schema.name, name), definition)
        yield SQL("ALTER {} {} OWNER TO {}").format(
            _KINDS[kind], Identifier(schema.name, name), Identifier(schema.named_owner or _MASTER)
        )


def _named_objects(schema: Schema, grants: Sequence[Grant]) -> dict[str, str]:
    """Tables and sequences that `only` names in the schema, with their kind; functions and types are not created."""
    found: dict[str, str] = {}
    for grant in grants:
        for name in grant.only:
            place, kind = split_object(name, grant.schemas), _kind(grant)
            if kind and place and place[0] == schema.name and found.get(place[1]) != "TABLE":
                found[place[1]] = kind
    return found


def _kind(grant: Grant) -> str | None:
    if grant.access or grant.tables or grant.key_columns:
        return "TABLE"
    return "SEQUENCE" if grant.sequences else None
