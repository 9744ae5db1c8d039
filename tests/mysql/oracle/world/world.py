"""Two specs over the same few hostile names, made by chance from a seed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db_access.secrets import Secret
from db_access.spec import AccessSpec
from tests.mysql.oracle.world import names
from tests.mysql.oracle.world.documents import Author, Document, Names


@dataclass(frozen=True)
class World:
    seed: int
    names: Names
    here: AccessSpec
    there: AccessSpec
    document: Document
    """Of `there`, to be said in other words."""

    @property
    def keeps_others(self) -> bool:
        """Whether whoever `there` doesn't mention keeps what it has."""
        return self.there.additive or bool(self.there.take_over)

    def __str__(self) -> str:
        return f"world {self.seed}: from {self.here.as_properties()} to {self.there.as_properties()}"


def world(seed: int) -> World:
    rng = random.Random(seed)
    schemas = names.schemas(rng, 3)
    roles = names.users(rng, 8)
    found = Names(
        schemas=tuple(schemas),
        neighbours=tuple(names.looking_alike(schemas)),
        owners=tuple(roles[:2]),
        groups=tuple(roles[2:4]),
        users=tuple(roles[4:]),
        tables=tuple(names.tables(rng)),
        column=names.column(rng),
    )
    author = Author(rng, found)
    here = author.document()
    there = author.document(**_retiring(rng, here))
    if "retired" in there:
        declared = {user["username"] for user in there["users"]} | {group["name"] for group in there["groups"]}
        there["retired"] = [each for each in there["retired"] if each["username"] not in declared]
    if random.Random(-seed).random() < 0.2:
        here["managed_by"], there["managed_by"], there["take_over"] = "orders", "billing", ["orders"]
        there.pop("retired", None)
    return World(seed, found, AccessSpec.parse(here), AccessSpec.parse(there), there)


def _retiring(rng: random.Random, here: Document) -> Mapping[str, Any]:
    gone = [{"username": user["username"], "drop": rng.random() < 0.5} for user in here["users"]]
    return {"retired": gone} if rng.random() < 0.5 else {"additive": True} if rng.random() < 0.2 else {}


def secrets(version: int = 1) -> Callable[[str], Secret]:
    """Reads the password of each ARN."""
    return lambda arn: Secret(password(arn, version), f"{version} of {arn.rpartition(':')[2]}")


def password(arn: str, version: int = 1) -> str:
    return f"pass'\"\\`%word-{arn[-2:]}-{version}"
