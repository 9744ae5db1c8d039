"""The workload: S schemas x T tables x U users, each user writing in two schemas. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

DATABASE: Final = "bench"
OWNER: Final = "app_owner"
_SCHEMAS_PER_USER: Final = 2


@dataclass(frozen=True)
class Size:
    name: str
    schemas: int
    tables: int
    """In each schema."""
    users: int
    through_groups: bool = False
    """Whether users get their rights as members of a group for each schema."""

    @property
    def total_tables(self) -> int:
        return self.schemas * self.tables

    def schema_names(self) -> list[str]:
        return [f"s{index:03d}" for index in range(self.schemas)]

    def table_names(self) -> list[str]:
        return [f"t{index:03d}" for index in range(self.tables)]

    def writers(self) -> dict[str, list[str]]:
        """User to its schemas: the next ones in order, round-robin."""
        places = range(min(_SCHEMAS_PER_USER, self.schemas))
        return {
            f"u{user:04d}": [f"s{(user * _SCHEMAS_PER_USER + place) % self.schemas:03d}" for place in places]
            for user in range(self.users)
        }

    def writers_of(self) -> dict[str, list[str]]:
        """Schema to its users."""
        found: dict[str, list[str]] = {}
        for user, schemas in self.writers().items():
            for schema in schemas:
                found.setdefault(schema, []).append(user)
        return found


SIZES: Final = {
    size.name: size
    for size in (
        Size("small", 2, 5, 1),
        Size("medium", 20, 50, 50),
        Size("large", 100, 100, 500),
        Size("crowd", 1, 100, 20_000, through_groups=True),
    )
}
SESSIONS: Final = 10
"""Of each user at once: without a limit the engine asks the server how many leave the master room."""
TO_CONNECT: Final = f"keyless-aurora/{DATABASE}/connect"


def to_write(schema: str) -> str:
    """The group whose members write in the schema."""
    return f"keyless-aurora/{DATABASE}/{schema}/write_only"


def spec(size: Size, *, users: bool = True) -> dict[str, Any]:
    """The access spec's document, with or without its users."""
    grants = {
        name: [{"database": DATABASE, "schemas": schemas, "access": "write_only"}]
        for name, schemas in size.writers().items()
    }
    schemas = [{"name": name, "owner": OWNER} for name in size.schema_names()]
    return {
        "version": 1,
        "databases": [
            {"name": DATABASE, "schemas": schemas, "grants": "through_groups" if size.through_groups else "direct"}
        ],
        "users": [
            {"username": name, "connection_limit": SESSIONS, "grants": given} for name, given in grants.items() if users
        ],
    }


def tables(size: Size) -> Iterator[str]:
    """DDL of the tables, a statement for each schema's. Each has a sequence and an index."""
    for schema in size.schema_names():
        yield ";".join(
            f"CREATE TABLE {schema}.{table} (id bigserial PRIMARY KEY, v text)" for table in size.table_names()
        )
