"""What of the catalogs a run is about."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from db_access.plan.privileges import Kind
from db_access.postgresql.desired.predefined import given
from db_access.postgresql.state import Desired


@dataclass(frozen=True)
class Scope:
    """Roles by name and by mark, everything in the declared schemas, and of the rest what our roles hold."""

    managed_by: str
    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    creators: tuple[str, ...]
    master: str
    groups: tuple[str, ...] = ()
    """Roles that others of the spec are to be members of, and that aren't its own: rds_iam."""
    key_columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    predefined: tuple[str, ...] = ()
    """PostgreSQL's and RDS's own roles that the spec names."""
    additive: bool = False
    """Roles by name only: those that are marked and not named are left out."""
    types: bool = False
    """Whether the spec gives anything on types."""
    makers: tuple[tuple[str, str, bool], ...] = ()
    """Schema, who owns it or makes objects there, and whether by owning it."""
    keeping: tuple[str, ...] = ()
    """Schemas that keep their owners, and whatever is in them its."""
    moved: tuple[tuple[str, str], ...] = ()
    """Schema and name of what this run has given to another owner."""

    @classmethod
    def of(cls, desired: Desired, *, managed_by: str, master: str) -> "Scope":
        # PUBLIC's rights on schema public are ours wherever it is locked, declared or not.
        schemas = {objects.schema for objects in desired.objects if objects.schema is not None}
        return cls(
            managed_by=managed_by,
            roles=tuple(sorted(desired.roles)),
            schemas=tuple(sorted(schemas)),
            creators=tuple(sorted({key.creator for key in desired.defaults})),
            master=master,
            groups=tuple(sorted({m.role for m in desired.memberships} - desired.roles.keys())),
            key_columns=tuple(sorted({column for objects in desired.objects for column in objects.columns})),
            drop=tuple(sorted(desired.drop)),
            predefined=tuple(dict.fromkeys(m.role for m in given(desired.memberships))),
            additive=desired.additive,
            makers=tuple(sorted(_makers(desired))),
            keeping=tuple(sorted(desired.keeping)),
            types=any(objects.kind is Kind.TYPE and objects.acl for objects in desired.objects),
        )

    def parameters(self, schemas: Set[str] | None = None, names: Set[str] | None = None) -> dict[str, Any]:
        """The catalog queries' parameters; `schemas` and `names` narrow them to these relations and types."""
        return {
            "mark": f"[managed by {self.managed_by}]",
            "roles": list(self.roles),
            "schemas": list(self.schemas),
            "creators": list(self.creators),
            "master": self.master,
            "groups": list(self.groups),
            "key_columns": list(self.key_columns),
            "any_key": bool(self.key_columns),
            "types": self.types,
            "maker_schemas": [schema for schema, _, _ in self.makers],
            "makers": [maker for _, maker, _ in self.makers],
            "makers_own": [owns for _, _, owns in self.makers],
            "keeping": list(self.keeping),
            "moved_schemas": [schema for schema, _ in self.moved],
            "moved": [name for _, name in self.moved],
            "drop": list(self.drop),
            "predefined": list(self.predefined),
            "additive": self.additive,
            "touched": None if schemas is None else sorted(schemas),
            "names": None if names is None else sorted(names),
        }


def _makers(desired: Desired) -> set[tuple[str, str, bool]]:
    makers = {(key.schema, key.creator) for key in desired.defaults if key.schema}
    owners = set(desired.schemas.items())
    return {(schema, maker, (schema, maker) in owners) for schema, maker in makers | owners}
