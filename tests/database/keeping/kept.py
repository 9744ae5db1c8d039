"""What the tests of `owner: keep` share: specs with schemas that keep their owners, and such schemas made by hand."""

from typing import Any, Final

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import connect_as_master, converge, run

OWNERS: Final = {
    "the master": "master",
    "the database's owner": "pg_database_owner",
    "a user": "boss",
    "an owner of another schema": "app_owner",
    "a group": "team",
}
"""Who may own a schema that keeps its owner."""


def keeping(*schemas: str, public: str = "locked", grants: list[Any] | None = None, **fields: Any) -> AccessSpec:
    """A schema that is the spec's, those that keep their owners, and a reader of these."""
    kept = [{"name": schema, "owner": "keep"} for schema in schemas]
    given = [grant("read_only", *schemas)] if schemas and grants is None else grants or []
    document = {
        "databases": [{"name": "app", "schemas": [{"name": "own", "owner": "app_owner"}, *kept], "public": public}],
        "groups": [{"name": "team"}],
        "users": [
            {"username": "boss", "groups": ["team"], "databases": ["app"]},
            {"username": "reader", "databases": ["app"], "grants": given},
        ],
    }
    return AccessSpec.parse({**document, **fields})


def grant(access: str, *schemas: str, **more: Any) -> dict[str, Any]:
    return {"database": "app", "schemas": list(schemas), "access": access, **more}


def prove(database: Database, wanted: AccessSpec) -> reconcile.Evidence:
    return reconcile.prove(connect_as_master(database), wanted, database.name)


def differs(database: Database, wanted: AccessSpec) -> list[Any]:
    found = prove(database, wanted)
    return [*found.plan, *found.violations, *found.conflicts, *found.left, *found.lock_outs, *found.outsiders]


def made_by_hand(database: Database, owner: str, public: str = "locked") -> str:
    """Schema `kept` with a table and a function, before the spec says anything of it; who makes its objects."""
    converge(database, keeping(public=public))
    maker = "master" if owner == "pg_database_owner" else owner
    run(database, "rdsadmin", "CREATE SCHEMA kept", f"ALTER SCHEMA kept OWNER TO {owner}", *objects("event", maker))
    return maker


def objects(name: str, maker: str, schema: str = "kept") -> list[str]:
    acting = f"SET ROLE {maker}; {{}}; RESET ROLE"
    return [
        acting.format(f"CREATE TABLE {schema}.{name} (id bigserial PRIMARY KEY, name text)"),
        acting.format(f"CREATE FUNCTION {schema}.{name}_of() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ]


def owner(database: Database, schema: str = "kept") -> str:
    query = f"SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = '{schema}'"
    ((name,),) = run(database, "rdsadmin", query)
    return str(name)


def owner_of(database: Database, relation: str) -> str:
    query = f"SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE oid = '{relation}'::regclass"
    ((name,),) = run(database, "rdsadmin", query)
    return str(name)
