"""A random world: a spec that says anything a spec can say, and what is to be made in its schemas."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from db_access.spec import unnameable
from tests.conftest import MASTER
from tests.oracle.world.grants import Grants
from tests.oracle.world.names import Names

Document = dict[str, Any]
KEEP = "keep"
"""In place of an owner's name: whoever owns the schema keeps it."""
DATABASES_OWNER = "pg_database_owner"


@dataclass(frozen=True)
class Planned:
    """An object to be made."""

    schema: str
    kind: str
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class World:
    seed: int
    database: str
    document: Document
    planned: tuple[Planned, ...]
    makers: dict[str, list[str]]
    """Schema to its owner and creators; the master, where that is the database's owner."""
    kept: dict[str, str]
    """Schemas that keep their owners, to these."""
    stranger: str
    """A login that the spec doesn't name and that is a member of nothing: what it can do, everybody can."""
    early: bool = True
    """Whether some of it may be there before the spec, and closed to PUBLIC by hand."""


KINDS = (
    "table", "table", "serial", "identity", "partitioned", "view", "matview", "foreign", "sequence",
    "function", "procedure", "aggregate", "enum", "domain", "composite", "range",
)  # fmt: skip
_SIGNATURES = {"function": ["(integer)", "()", "(integer, text)"], "procedure": ["()"], "aggregate": ["(integer)"]}


class Maker:
    def __init__(self, seed: int, version: int) -> None:
        self.seed, self.version, self.chance = seed, version, random.Random(seed)
        self.names = Names(self.chance)

    def world(self) -> World:
        chance, names = self.chance, self.names
        database, stranger = names.draw("app"), names.draw("stranger")
        owners, creators = names.several("owner", 1, 3), names.several("creator", 0, 2)
        schemas = {name: chance.choice([*owners, KEEP]) for name in self._schema_names()}
        makers = {
            name: [*self._named(owner), *(c for c in (*creators, *owners) if c != owner and chance.random() < 0.3)]
            for name, owner in schemas.items()
        }
        declared = [
            {"name": s, "owner": owner, "creators": [maker for maker in makers[s] if maker != owner]}
            for s, owner in schemas.items()
        ]
        planned = self._planned(list(schemas), names.several("key", 2, 3))
        databases = [
            {
                "name": database,
                "schemas": declared,
                "public": self.pick(locked=3, open=1),
                "grants": self.pick(direct=2, through_groups=1),
            }
        ]
        elsewhere = {}
        if chance.random() < 0.3:
            elsewhere = {names.draw("there"): {names.draw("far"): chance.choice(owners)}}
            databases += [
                {"name": d, "schemas": [{"name": s, "owner": o} for s, o in found.items()]}
                for d, found in elsewhere.items()
            ]
        grants = Grants(chance, self.version, database, schemas, planned, elsewhere)
        groups = names.several("group", 1, 4)
        document: Document = {
            "version": 1,
            "managed_by": chance.choice(["keyless-aurora", "Other.team_1"]),
            "additive": chance.random() < 0.2,
            "databases": databases,
            "groups": [
                {"name": name, **self._holder(database, grants.some()), "groups": self._memberships(groups[:index], {})}
                for index, name in enumerate(groups)
            ],
            "users": [self._user(name, database, grants, groups) for name in names.several("user", 4, 7)],
        }
        holders = [MASTER, DATABASES_OWNER, *groups, *(user["username"] for user in document["users"])]
        kept = {schema: chance.choice(holders) for schema, owner in schemas.items() if owner == KEEP}
        first = {schema: [MASTER if owner == DATABASES_OWNER else owner] for schema, owner in kept.items()}
        made_by = {schema: [*first.get(schema, []), *named] for schema, named in makers.items()}
        return World(self.seed, database, document, tuple(planned), made_by, kept, stranger)

    def _named(self, owner: str) -> list[str]:
        return [] if owner == KEEP else [owner]

    def pick(self, **weights: int) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def maybe(self, of: Callable[[], Any], likely: float = 0.5) -> Any:
        return of() if self.chance.random() < likely else None

    def _schema_names(self) -> list[str]:
        """One may be `public`, and one may begin with another and a dot."""
        found = self.names.several("schema", 1, 3)
        if self.chance.random() < 0.3:
            found.append("public")
        if self.chance.random() < 0.4 and len(found[0].encode()) < 50:
            found.append(f"{found[0]}.in")
        return found

    def _planned(self, schemas: list[str], columns: list[str]) -> list[Planned]:
        found = []
        for schema in schemas:
            for kind in self.chance.sample(KINDS, self.chance.randint(5, 9)):
                name = self.names.draw(kind)
                own = tuple(self.chance.sample(columns, self.chance.randint(1, len(columns))))
                found += [Planned(schema, kind, name + s, own) for s in self._signatures(kind)]
        return found

    def _signatures(self, kind: str) -> list[str]:
        return self.chance.sample(_SIGNATURES[kind], len(_SIGNATURES[kind])) if kind in _SIGNATURES else [""]

    def _user(self, name: str, database: str, grants: Grants, groups: list[str]) -> Document:
        method = self.pick(iam=0 if unnameable(name) else 3, password=2, none=1)
        given = grants.of_user()
        acting = any(grant.get("access") == "owner" for grant in given)
        memberships = self._memberships(groups, {"inherit": False} if acting and self.version < 160000 else {})
        user = {
            "username": name,
            "auth_method": method,
            "can_login": self.chance.random() < 0.9,
            "enabled": self.chance.random() < 0.9,
            "connection_limit": self.chance.choice([-1, -1, 5, 0]),
            "valid_until": "2031-01-01T00:00:00Z" if method == "password" and self.chance.random() < 0.3 else None,
            "groups": memberships,
            "settings": self._settings([] if acting else [found["name"] for found in memberships]),
            **self._holder(database, given),
        }
        return {key: value for key, value in user.items() if value is not None}

    def _settings(self, roles: list[str]) -> Document:
        wanted: Document = {}
        if self.chance.random() < 0.3:
            wanted["search_path"] = self.chance.sample(["a", "B c", "public", "pg_temp"], 2)
        if self.chance.random() < 0.2:
            wanted["statement_timeout"] = "5s"
        if roles and self.chance.random() < 0.4:
            wanted["role"] = self.chance.choice(roles)
        return wanted

    def _holder(self, database: str, given: list[Document]) -> Document:
        holder: Document = {"grants": given, "databases": [database] if self.chance.random() < 0.5 else []}
        if self.chance.random() < 0.4:
            holder["privileges"] = [p for p in ("CONNECT", "CREATE", "TEMPORARY") if self.chance.random() < 0.6]
        return holder

    def _memberships(self, groups: list[str], forced: Document) -> list[Document]:
        return [{"name": name, **self._options(), **forced} for name in groups if self.chance.random() < 0.4]

    def _options(self) -> Document:
        """Before PostgreSQL 16 a membership has no inherit and set option."""
        options = {"admin": self.chance.random() < 0.2}
        if self.version >= 160000:
            options |= {"inherit": self.chance.random() < 0.7, "set": self.chance.random() < 0.7}
        return options
