"""Apps made from a seed, unlike each other in all that an app says, and what each user of one must be able to do: worked out
here from docs/access-spec.md, by nothing of the product."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

import yaml

from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.apps.generated import COUNTS, Generated

PRIVILEGES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
PRESETS: Final = {
    "read_only": {"SELECT"},
    "append_only": {"INSERT"},
    "write_only": {"INSERT", "UPDATE", "DELETE"},
    "read_write": {*PRIVILEGES},
}
TABLES: Final = ("first", "Second one")
_DATABASES: Final = ("shop", "select", "Archive_1")
_SCHEMAS: Final = ("sales", "Stock-2", "order", "a b")
_USERS: Final = ("plain", "With-Hyphen", "with space", "dot.ted", "table", "under_score", "x" * 40)
_GROUPS: Final = ("staff", "Night-Shift")
_OWNER: Final = "makes all"
_REGIONS: Final = ("eu-west-1", "us-east-1", "ap-southeast-2")


@dataclass(frozen=True, order=True)
class Table:
    database: str
    schema: str
    name: str

    @property
    def quoted(self) -> str:
        return f'"{self.schema}"."{self.name}"'


@dataclass
class Seeded:
    """`direct`: what a user holds by itself; `held`: with what it has through groups."""

    app: Generated
    variant: Variant
    tables: list[Table]
    functions: dict[str, tuple[str, str]]
    """User and database of each that calls its user's rights."""
    direct: dict[tuple[str, Table], set[str]] = field(default_factory=dict)
    held: dict[tuple[str, Table], set[str]] = field(default_factory=dict)

    @property
    def disabled(self) -> set[str]:
        return {user["username"] for user in self.app.spec["users"] if not user.get("enabled", True)}

    def enters(self, user: str, table: Table) -> bool:
        """Whether it has anything in the schema of `table`, without which a right on the table is of no use."""
        same = [each for each in self.tables if (each.database, each.schema) == (table.database, table.schema)]
        return any(self.held[user, each] for each in same)

    def connects(self, user: str, database: str) -> bool:
        """By a grant there of its own or of its groups."""
        (said,) = [each for each in self.app.spec["users"] if each["username"] == user]
        groups = [group for group in self.app.spec["groups"] if group["name"] in said.get("groups", ())]
        return any(grant["database"] == database for one in (said, *groups) for grant in one.get("grants", ()))


def made(seed: int) -> Seeded:
    chance = Random(seed)
    databases = chance.sample(_DATABASES, chance.randint(1, 2))
    schemas = {name: chance.sample(_SCHEMAS, chance.randint(1, 2)) for name in databases}
    tables = [Table(db, schema, name) for db in databases for schema in schemas[db] for name in TABLES]
    groups = [
        {"name": name, "grants": [_grant(chance, tables)]} for name in chance.sample(_GROUPS, chance.randint(0, 2))
    ]
    users = [_user(chance, name, tables, groups) for name in chance.sample(_USERS, chance.randint(2, 5))]
    users[0].pop("enabled", None)  # one has a function
    users[0].setdefault("grants", [_grant(chance, tables)])
    functions = {
        f"Calls{number}": _place(user) for number, user in enumerate(users[: chance.randint(1, 2)]) if _place(user)[1]
    }
    owner = [{"database": db, "schemas": schemas[db], "access": "owner"} for db in databases]
    spec = {
        "version": 1,
        "databases": [
            {"name": db, "schemas": [{"name": s, "owner": "owns"} for s in schemas[db]], **_through(chance)}
            for db in databases
        ],
        "groups": groups,
        "users": [
            {"username": _OWNER, "connection_limit": 5, "grants": owner},
            *users,
            {"username": "drift_watch", "connection_limit": 4, "databases": databases},
        ],
    }
    seeded = Seeded(_generated(seed, spec, functions, tables), _variant(seed), tables, functions)
    _work_out(seeded)
    return Seeded(_with_calls(seeded), seeded.variant, tables, functions, seeded.direct, seeded.held)


def _through(chance: Random) -> dict[str, str]:
    return {"grants": "through_groups"} if chance.random() < 0.2 else {}


def _grant(chance: Random, tables: list[Table]) -> dict[str, Any]:
    table = chance.choice(tables)
    grant: dict[str, Any] = {"database": table.database, "schemas": [table.schema]}
    if chance.random() < 0.4:
        some = {"tables": sorted(chance.sample(PRIVILEGES, chance.randint(1, 3)))}
        return grant | some | ({"only": [f"{table.schema}.{table.name}"]} if chance.random() < 0.5 else {})
    access = chance.choice([*PRESETS])
    keys = {"key_columns": ["id"]} if "SELECT" not in PRESETS[access] and chance.random() < 0.5 else {}
    return grant | {"access": access} | keys


def _user(chance: Random, name: str, tables: list[Table], groups: list[dict[str, Any]]) -> dict[str, Any]:
    user: dict[str, Any] = {"username": name, "connection_limit": 5}
    user["grants"] = [_grant(chance, tables) for _ in range(chance.randint(1, 2))]
    if groups and chance.random() < 0.5:
        user["groups"] = [chance.choice(groups)["name"]]
    return user | ({"enabled": False} if chance.random() < 0.25 else {})


def _place(user: dict[str, Any]) -> tuple[str, str]:
    """As whom a function of it logs in, and where; nowhere when the user is disabled."""
    return user["username"], user["grants"][0]["database"] if user.get("enabled", True) else ""


def _variant(seed: int) -> Variant:
    return Variant(("aurora", "instance")[seed // 3 % 2], "ACB"[seed % 3])


def _work_out(seeded: Seeded) -> None:
    spec = seeded.app.spec
    by_group = {group["name"]: group["grants"] for group in spec["groups"]}
    for user in spec["users"][1:-1]:
        through = [grant for name in user.get("groups", ()) for grant in by_group[name]]
        for table in seeded.tables:
            own = set[str]().union(*(_given(grant, table) for grant in user["grants"]))
            seeded.direct[user["username"], table] = own
            seeded.held[user["username"], table] = own.union(*(_given(grant, table) for grant in through))


def _given(grant: dict[str, Any], table: Table) -> set[str]:
    if (grant["database"], grant["schemas"]) != (table.database, [table.schema]):
        return set()
    if grant.get("only", [f"{table.schema}.{table.name}"]) != [f"{table.schema}.{table.name}"]:
        return set()
    return {*grant.get("tables", ()), *PRESETS.get(grant.get("access", ""), ())}


def _generated(
    seed: int, spec: dict[str, Any], functions: dict[str, tuple[str, str]], tables: list[Table]
) -> Generated:
    databases = [database["name"] for database in spec["databases"]]
    makers = {f"Makes{number}": (f"code/Makes{number}", _OWNER, db) for number, db in enumerate(databases)}
    files = {f"code/{name}/handler.py": COUNTS for name in (*makers, *functions)}
    for name, (_, _, database) in makers.items():
        statements = [
            f"CREATE TABLE IF NOT EXISTS {table.quoted} (id int PRIMARY KEY, v text)"
            for table in tables
            if table.database == database
        ]
        files[f"code/{name}/rehearsal.yaml"] = _file("makes its tables", "; ".join(statements), "allowed", order=-5)
    calls = {name: (f"code/{name}", *where) for name, where in functions.items()}
    stacks = {"makers": makers, "callers": calls}
    app, account = (f"seed-{seed}", "111122223333") if seed % 2 else ("", "")
    return Generated(f"env{seed}", spec, stacks, files, app=app, account=account, region=_REGIONS[seed % 3])


def _file(title: str, sql: str, expect: Any, order: int = 0) -> str:
    return yaml.safe_dump({"order": order, "lines": [{"title": title, "event": {"sql": sql}, "expect": expect}]})


def _with_calls(seeded: Seeded) -> Generated:
    app, files = seeded.app, dict(seeded.app.files)
    refused = {"refused": {"by": "PostgreSQL", "sqlstate": 42501}}
    for name, (user, database) in seeded.functions.items():
        table = next(table for table in seeded.tables if table.database == database)
        may = "SELECT" in seeded.held[user, table]
        files[f"code/{name}/rehearsal.yaml"] = _file(
            "reads", f"SELECT v FROM {table.quoted}", "allowed" if may else refused
        )
    return replace(app, files=files)


def lines_of(seeded: Seeded) -> Iterator[tuple[str, bool]]:
    """Each right on a table as the rehearsal says it, and whether the user must have it."""
    for (user, table), held in seeded.held.items():
        if user not in seeded.disabled and seeded.connects(user, table.database):
            for privilege in PRIVILEGES:
                yield line(user, privilege, table), privilege in held


def line(user: str, privilege: str, table: Table) -> str:
    return f"{user}: {privilege} on table {table.schema}.{table.name} in database {table.database}"
