"""The proof asks few questions. On random databases it finds exactly what asking for every user and every object
finds."""

import random
from collections import Counter
from typing import Any

import pytest
from psycopg import Connection

from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge

USERS, STRANGERS = [f"u{n}" for n in range(9)], [f"x{n}" for n in range(4)]
SCHEMAS = ["s0", "s1"]
OWNERS = ["os0", "os1"]
PRESETS = {"read_only": {"SELECT"}, "write_only": {"INSERT", "UPDATE", "DELETE"}}
PREDEFINED = {
    "pg_read_all_data": {"schema": {"USAGE"}, "table": {"SELECT"}, "sequence": {"SELECT"}},
    "pg_write_all_data": {"schema": {"USAGE"}, "table": {"INSERT", "UPDATE", "DELETE"}, "sequence": {"UPDATE"}},
}
ASKED = {
    "table": ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
    "sequence": ["SELECT", "UPDATE", "USAGE"],
    "column": ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
    "function": ["EXECUTE"],
    "type": ["USAGE"],
    "schema": ["USAGE", "CREATE"],
    "database": ["CONNECT", "CREATE", "TEMPORARY"],
}

Found = Counter[tuple[str, str, bool, frozenset[str]]]
"""User, kind, whether missing, privileges; to the number of objects."""


@pytest.mark.parametrize("seed", range(8))
def test_few_questions_find_what_all_questions_find(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    spec = AccessSpec.parse(document(chance))
    converge(database, spec)
    with database.superuser() as connection:
        for _ in range(2):
            disorder(connection, chance)
            wanted = desired(spec, "app", master="master")
            few: Found = Counter()
            for violation in proof.ask(connection, wanted).read():
                kind = "column" if violation.of.column is not None else str(violation.of.kind)
                few[violation.username, kind, violation.missing, frozenset(map(str, violation.privileges))] += (
                    violation.of.count
                )
            every = exhaustive(connection, spec)
            assert few == every
            assert every


def document(chance: random.Random) -> dict[str, Any]:
    def grants() -> list[dict[str, Any]]:
        return [
            {"database": "app", "schemas": [s], "access": chance.choice(list(PRESETS))}
            for s in SCHEMAS
            if chance.random() < 0.4
        ]

    def groups() -> list[str]:
        return chance.sample(["g0", "g1", *PREDEFINED], chance.choice([0, 0, 1]))

    return {
        "databases": [{"name": "app", "schemas": [{"name": s, "owner": f"o{s}"} for s in SCHEMAS]}],
        "groups": [
            {"name": "g0", "grants": grants(), "groups": chance.sample(list(PREDEFINED), chance.choice([0, 0, 1]))},
            {"name": "g1", "grants": grants(), "groups": ["g0"]},
        ],
        "users": [{"username": u, "groups": groups(), "grants": grants()} for u in USERS],
        "owners": [
            {"name": f"o{s}", "groups": groups(), "grants": [g for g in grants() if g["schemas"] != [s]]}
            for s in SCHEMAS
            if chance.random() < 0.7
        ],
    }


def disorder(connection: Connection[Any], chance: random.Random) -> None:
    """Objects, grants, memberships, owners and attributes, in any combination that PostgreSQL takes."""
    modern = connection.info.server_version >= 160000
    for name in STRANGERS:
        connection.execute(
            f"DO $$BEGIN CREATE ROLE {name} {chance.choice(['', 'NOINHERIT'])}; EXCEPTION WHEN duplicate_object THEN "
            "END$$".encode()
        )
    everyone = [*USERS, *STRANGERS, *OWNERS, "g0", "g1"]
    for number in range(6):
        schema, tag = chance.choice(SCHEMAS), f"{number}_{chance.randrange(10**9)}"
        connection.execute(
            f"CREATE TABLE {schema}.t{tag} (id bigserial, v text); CREATE VIEW {schema}.v{tag} AS SELECT 1 AS id".encode()
        )
        connection.execute(
            f"CREATE FUNCTION {schema}.f{tag}() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE {schema}.e{tag} AS "
            "ENUM ()".encode()
        )
        if chance.random() < 0.5:
            connection.execute(
                f"ALTER TABLE {schema}.t{tag} OWNER TO {chance.choice([f'o{schema}', *everyone])}".encode()
            )
    objects = [
        *connection.execute(OBJECTS).fetchall(),
        ("database", "app", None),
        *(("schema", s, None) for s in SCHEMAS),
    ]
    for _ in range(30):
        kind, name, column = chance.choice(objects)
        privilege, who = chance.choice(ASKED[kind]), chance.choice([*everyone, "PUBLIC", *USERS])
        what = f"{privilege} ({column})" if column else privilege
        verb = chance.choice(
            [f"GRANT {what} ON {{}} TO {who}", f"GRANT {what} ON {{}} TO {who}", f"REVOKE {what} ON {{}} FROM {who}"]
        )
        connection.execute(verb.format(f"{'table' if kind == 'column' else kind} {name}").encode())
    for _ in range(3):
        role, member = (
            chance.choice([*STRANGERS, "g0", "g1", "os0", "pg_read_all_data", "pg_write_all_data", "master"]),
            chance.choice(everyone),
        )
        options = chance.choice(["", " WITH INHERIT FALSE", " WITH INHERIT TRUE"]) if modern else ""
        connection.execute(
            f"DO $$BEGIN GRANT {role} TO {member}{options}; EXCEPTION WHEN invalid_grant_operation THEN END$$".encode()
        )
    if chance.random() < 0.2:  # then pg_database_owner's rights are its
        connection.execute(f"ALTER DATABASE app OWNER TO {chance.choice([*OWNERS, *USERS])}".encode())
    if chance.random() < 0.3:
        connection.execute(f"ALTER ROLE {chance.choice(USERS)} {chance.choice(['SUPERUSER', 'NOINHERIT'])}".encode())


OBJECTS = """
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, c.oid::regclass::text, NULL::text
    FROM pg_class c WHERE relnamespace::regnamespace::text IN ('s0', 's1') AND relkind IN ('r', 'v', 'S')
    UNION ALL SELECT 'column', attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace::regnamespace::text IN ('s0', 's1') AND relkind IN ('r', 'v') AND attnum > 0
    UNION ALL SELECT 'function', oid::regprocedure::text, NULL FROM pg_proc WHERE pronamespace::regnamespace::text IN ('s0', 's1')
    UNION ALL SELECT 'type', oid::regtype::text, NULL FROM pg_type WHERE typnamespace::regnamespace::text IN ('s0', 's1') AND typtype = 'e'
    ORDER BY 1, 2, 3
"""


def exhaustive(connection: Connection[Any], spec: AccessSpec) -> Found:
    every: Found = Counter()
    rows = [
        *connection.execute(OBJECTS).fetchall(),
        ("database", "app", None),
        ("schema", "public", None),
        *(("schema", s, None) for s in SCHEMAS),
    ]
    everybody: dict[str, Any] = {**dict.fromkeys(OWNERS), **{who.name: who for who in spec.grantees}}
    groups = {group.name: group for group in spec.groups}
    for kind, name, column in rows:
        schema = name if kind == "schema" else name.split(".")[0]
        owner = owner_of(connection, kind, name)
        for username, who in everybody.items():
            if username == owner and username in OWNERS:
                continue  # may do anything with what is its own
            held = {p for p in ASKED[kind] if ask(connection, username, kind, name, column, p)}
            if (
                connection.info.server_version >= 170000
                and kind == "table"
                and ask(connection, username, kind, name, column, "MAINTAIN")
            ):
                held.add("MAINTAIN")
            whole = {p for p in ASKED[kind] if column and ask(connection, username, "table", name, None, p)}
            everywhere = {"USAGE"} if kind == "type" and ask(connection, "public", kind, name, None, "USAGE") else set()
            reached = [who, *ancestors(who, groups)] if who else []
            should = set().union(*(expected(kind, schema, part) for part in reached))
            for difference, missing in ((held - should - everywhere - whole, False), (should - held, True)):
                if difference:
                    every[username, kind, missing, frozenset(difference)] += 1
    return every


def ask(connection: Connection[Any], user: str, kind: str, name: str, column: str | None, privilege: str) -> bool:
    arguments = [user, name, *([column] if column else []), privilege]
    row = connection.execute(
        f"SELECT has_{kind}_privilege({', '.join(['%s'] * len(arguments))})".encode(), arguments
    ).fetchone()
    assert row is not None
    return bool(row[0])


def owner_of(connection: Connection[Any], kind: str, name: str) -> str:
    """Of a column, its table's; what pg_database_owner owns is the database owner's."""
    catalog, prefix = {
        "database": ("pg_database WHERE datname = %(name)s", "datdba"),
        "schema": ("pg_namespace WHERE nspname = %(name)s", "nspowner"),
        "function": ("pg_proc WHERE oid = %(name)s::regprocedure", "proowner"),
        "type": ("pg_type WHERE oid = %(name)s::regtype", "typowner"),
    }.get(kind, ("pg_class WHERE oid = %(name)s::regclass", "relowner"))
    row = connection.execute(f"SELECT {prefix}::regrole::text FROM {catalog}".encode(), {"name": name}).fetchone()
    assert row is not None
    return owner_of(connection, "database", "app") if row[0] == "pg_database_owner" else str(row[0])


def ancestors(who: Any, groups: dict[str, Any]) -> list[Any]:
    """Groups of the spec, and the names of predefined roles."""
    direct = [groups.get(membership.name, membership.name) for membership in who.groups]
    return [
        *direct,
        *(further for group in direct if not isinstance(group, str) for further in ancestors(group, groups)),
    ]


def expected(kind: str, schema: str, who: Any) -> set[str]:
    if isinstance(who, str):
        return PREDEFINED[who].get(kind, set())
    here = [grant for grant in who.grants if schema in grant.schemas]
    if kind == "database":
        return set(who.privileges) if who.grants else set()
    if kind == "schema":
        return {"USAGE"} if here else set()
    if kind == "table":
        return set().union(*(PRESETS[grant.access] for grant in here))
    return {"USAGE"} if kind == "sequence" and any(grant.access == "write_only" for grant in here) else set()
