"""Any grants that a spec may have."""

import random
from collections.abc import Mapping, Sequence, Set
from typing import Any, Protocol

Document = dict[str, Any]

_TABLES = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
_LISTS = {"sequences": ["USAGE", "SELECT", "UPDATE"], "functions": ["EXECUTE"], "types": ["USAGE"]}


class _Named(Protocol):
    @property
    def schema(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...


class Grants:
    def __init__(
        self,
        chance: random.Random,
        version: int,
        database: str,
        schemas: Mapping[str, str],
        planned: Sequence[_Named],
        elsewhere: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.chance, self.database, self.schemas, self.planned = chance, database, schemas, planned
        self.elsewhere = elsewhere
        self.tables = [*_TABLES, "MAINTAIN"] if version >= 170000 else _TABLES
        self.columns = sorted({column for object_ in planned for column in object_.columns})

    def of_user(self) -> list[Document]:
        """In each database one owner's schemas to act as the owner, or any others: a session can't do both."""
        owned = {name for name in self.elsewhere if self._now(0.2)}
        there = [self._owning(name, self.elsewhere[name]) for name in sorted(owned)]
        owns = self._now(0.2) and {*self.schemas.values()} != {"keep"}
        return [*there, *([self._owning(self.database, self.schemas)] if owns else self.some(owned))]

    def some(self, owned: Set[str] = frozenset()) -> list[Document]:
        """
        Args:
            owned: databases in which there must be none.
        """
        there = [
            {"database": database, "schemas": list(schemas), "access": "read_write"}
            for database, schemas in self.elsewhere.items()
            if self._now(0.1) and database not in owned
        ]
        return [*there, *(self._one() for _ in range(self.chance.choice([0, 1, 1, 2, 3])))]

    def _now(self, likely: float) -> bool:
        return self.chance.random() < likely

    def _owning(self, database: str, schemas: Mapping[str, str]) -> Document:
        owner = self.chance.choice([owner for owner in schemas.values() if owner != "keep"])
        own = [schema for schema in schemas if schemas[schema] == owner]
        return {
            "database": database,
            "schemas": self.chance.sample(own, self.chance.randint(1, len(own))),
            "access": "owner",
        }

    def _one(self) -> Document:
        schemas = self.chance.sample(list(self.schemas), self.chance.randint(1, len(self.schemas)))
        grant: Document = {"database": self.database, "schemas": schemas}
        grant |= self._preset() if self._now(0.4) else self._lists()
        if self._now(0.4):
            within = [object_ for object_ in self.planned if object_.schema in schemas]
            named = self.chance.sample(within, self.chance.randint(0, min(5, len(within))))
            # within `s` alone, `s.in.x` names object `in.x`: of schemas that are both in the grant the longest is meant
            grant["only"] = sorted({f"{object_.schema}.{object_.name}" for object_ in named}) + (
                [f"{schemas[0]}.not there"] if self._now(0.2) else []
            )
        if self._now(0.2):
            grant["schema_privileges"] = self.chance.sample(["USAGE", "CREATE"], self.chance.randint(1, 2))
        if self._now(0.2):
            grant["database_privileges"] = self.chance.sample(["CONNECT", "CREATE", "TEMPORARY"], 1)
        return grant

    def _preset(self) -> Document:
        access = self.chance.choice(["read_only", "append_only", "write_only", "read_write"])
        return {"access": access, **({} if access.startswith("read") else self._keys())}

    def _lists(self) -> Document:
        lists = {"tables": self._sample(self.tables), **{name: self._sample(of) for name, of in _LISTS.items()}}
        if not any(lists.values()):
            lists["tables"] = [self.chance.choice(self.tables)]
        return {**lists, **({} if "SELECT" in lists["tables"] else self._keys())}

    def _keys(self) -> Document:
        return {"key_columns": self._sample(self.columns)} if self._now(0.5) else {}

    def _sample(self, of: Sequence[str]) -> list[str]:
        return [item for item in of if self._now(0.35)]
