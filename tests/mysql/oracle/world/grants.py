"""Any grants that a spec may have and MySQL has words for."""

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.mysql.oracle.world.documents import Names

_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "TRIGGER")
_PRESETS = ("read_only", "append_only", "write_only", "read_write")


def some(rng: random.Random, of: Sequence[str], at_least: int = 0) -> list[str]:
    return rng.sample(list(of), rng.randint(min(at_least, len(of)), len(of)))


def some_grants(rng: random.Random, placed: Mapping[str, str], names: "Names") -> list[dict[str, Any]]:
    """On schemas of `placed`, which says the database of each."""
    return [_grant(rng, placed, names) for _ in range(rng.choice((0, 1, 1, 2, 3)))]


def _grant(rng: random.Random, placed: Mapping[str, str], names: "Names") -> dict[str, Any]:
    database = placed[rng.choice(list(placed))]
    schemas = some(rng, [name for name in placed if placed[name] == database], at_least=1)
    said: dict[str, Any] = {"database": database, "schemas": schemas}
    if rng.random() < 0.4:
        said["only"] = [f"{rng.choice(schemas)}.{table}" for table in some(rng, (*names.tables, "missing"))]
    selects = _preset(rng, said) if rng.random() < 0.5 else _lists(rng, said)
    if not selects and rng.random() < 0.5:
        said["key_columns"] = some(rng, ("id", names.column, "ID", "nowhere"))
    if not said.get("only") and rng.random() < 0.2:
        said["schema_privileges"] = ["USAGE", "CREATE"]
    return said


def _preset(rng: random.Random, said: dict[str, Any]) -> bool:
    said["access"] = rng.choice(_PRESETS)
    return bool(said["access"].startswith("read"))


def _lists(rng: random.Random, said: dict[str, Any]) -> bool:
    said["tables"] = some(rng, _TABLES, at_least=1)
    if not said.get("only") and rng.random() < 0.4:
        said["functions"] = ["EXECUTE"]
    return "SELECT" in said["tables"]
