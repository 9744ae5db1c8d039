"""Any spec over given names: everything that it can say and the MySQL family takes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.mysql.oracle.world.grants import some, some_grants
from tests.mysql.oracle.world.names import iam_can_name

Document = dict[str, Any]
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"


@dataclass(frozen=True)
class Names:
    schemas: tuple[str, ...]
    neighbours: tuple[str, ...]
    """Schemas that no spec declares, and that are like those in name."""
    owners: tuple[str, ...]
    groups: tuple[str, ...]
    users: tuple[str, ...]
    tables: tuple[str, ...]
    column: str


class Author:
    """Writes specs by chance."""

    def __init__(self, rng: random.Random, names: Names) -> None:
        self._rng, self._names = rng, names

    def document(self, **said: Any) -> Document:
        placed = {name: self._rng.choice(("app", "other")) for name in self._some(self._names.schemas, at_least=1)}
        owners = {name: self._rng.choice(self._names.owners) for name in placed}
        groups = self._some(self._names.groups)
        databases = [
            {
                "name": database,
                "public": self._rng.choice(("locked", "open")),
                "grants": self._rng.choice(("direct", "through_groups")),
                "schemas": [
                    {"name": name, "owner": owners[name], "creators": self._some(self._names.owners)}
                    for name in placed
                    if placed[name] == database
                ],
            }
            for database in ("app", "other")
        ]
        return {
            "databases": databases,
            "groups": [self._group(name, groups[:place], placed) for place, name in enumerate(groups)],
            "users": [self._user(name, groups, placed, owners) for name in self._some(self._names.users)],
            "owners": self._owners(databases, groups, placed),
            **said,
        }

    def _group(self, name: str, earlier: Sequence[str], placed: dict[str, str]) -> Document:
        return {
            "name": name,
            "groups": self._some(earlier),
            "privileges": self._some(["CONNECT"]),
            "grants": some_grants(self._rng, placed, self._names),
        }

    def _user(self, name: str, groups: Sequence[str], placed: dict[str, str], owners: dict[str, str]) -> Document:
        method = self._rng.choice(
            ["iam", "iam", "iam", "password", "none"] if iam_can_name(name) else ["password", "none"]
        )
        said: Document = {
            "username": name,
            "auth_method": method,
            "can_login": self._rng.random() < 0.85,
            "enabled": self._rng.random() < 0.85,
            "groups": self._some(groups),
            "databases": self._some(("app", "other")),
            "grants": self._acting(placed, owners) or some_grants(self._rng, placed, self._names),
        }
        if method == "password":
            said["password_secret"] = ARN + f"s{self._names.users.index(name)}"
        if (limit := self._rng.choice((None, -1, 7, 90))) is not None:
            said["connection_limit"] = limit
        return said

    def _acting(self, placed: dict[str, str], owners: dict[str, str]) -> list[Document]:
        """As one owner in one database, now and then."""
        if self._rng.random() > 0.2:
            return []
        first = self._rng.choice(list(placed))
        alike = [name for name in placed if (placed[name], owners[name]) == (placed[first], owners[first])]
        elsewhere = {name: database for name, database in placed.items() if database != placed[first]}
        return [
            {"database": placed[first], "schemas": alike, "access": "owner"},
            *(some_grants(self._rng, elsewhere, self._names) if elsewhere else []),
        ]

    def _owners(self, databases: list[Document], groups: Sequence[str], placed: dict[str, str]) -> list[Document]:
        """What those that own or create have where somebody else creates, too."""
        makers = {s["name"]: {s["owner"], *s["creators"]} for database in databases for s in database["schemas"]}
        found = []
        for name in self._some(sorted(set().union(*makers.values()))):
            open_to = {schema: database for schema, database in placed.items() if makers[schema] != {name}}
            grants = some_grants(self._rng, open_to, self._names) if open_to else []
            found.append({"name": name, "groups": self._some(groups), "grants": grants})
        return found

    def _some(self, of: Sequence[str], at_least: int = 0) -> list[str]:
        return some(self._rng, of, at_least)
