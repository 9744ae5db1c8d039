"""The part of a spec about objects: databases, schemas, and grants on them."""

from enum import Enum, StrEnum, auto
from typing import Annotated, Final, Literal

from pydantic import Field

from db_access.spec.model.base import DatabaseName, Identifier, Model, RoleName
from db_access.spec.model.kept import Keep, SchemaOwner

TablePrivilege = Literal["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]
SequencePrivilege = Literal["USAGE", "SELECT", "UPDATE"]
FunctionPrivilege = Literal["EXECUTE"]
TypePrivilege = Literal["USAGE"]
SchemaPrivilege = Literal["USAGE", "CREATE"]
DatabasePrivilege = Literal["CONNECT", "CREATE", "TEMPORARY"]


class Access(StrEnum):
    """Presets: what a user may do with every table and sequence of a schema."""

    READ_ONLY = "read_only"
    """SELECT."""
    APPEND_ONLY = "append_only"
    """INSERT, and USAGE on sequences."""
    WRITE_ONLY = "write_only"
    """INSERT, UPDATE, DELETE, and USAGE on sequences."""
    READ_WRITE = "read_write"
    """SELECT, INSERT, UPDATE, DELETE, and USAGE on sequences."""
    OWNER = "owner"
    """Membership in the schema's owner: the user's sessions act as the owner, and what they make belongs to it."""


class _Marker(Enum):
    ON_OBJECTS = auto()
    """Marks each field of `Grant` that lists privileges on the objects of one kind."""


class Grant(Model):
    """What a user may do in some schemas of one database: a preset (`access`), or lists of privileges."""

    database: Identifier
    schemas: tuple[Identifier, ...] = Field(min_length=1)
    access: Access | None = None
    key_columns: tuple[Identifier, ...] = ()
    """SELECT on the columns of these names, in every table that has them: what a WHERE needs."""
    only: tuple[str, ...] = ()
    """`schema.object` each (a function with its argument types): these objects only, and no future ones."""
    tables: Annotated[tuple[TablePrivilege, ...], _Marker.ON_OBJECTS] = ()
    sequences: Annotated[tuple[SequencePrivilege, ...], _Marker.ON_OBJECTS] = ()
    functions: Annotated[tuple[FunctionPrivilege, ...], _Marker.ON_OBJECTS] = ()
    types: Annotated[tuple[TypePrivilege, ...], _Marker.ON_OBJECTS] = ()
    schema_privileges: tuple[SchemaPrivilege, ...] = ("USAGE",)
    database_privileges: tuple[DatabasePrivilege, ...] = ()
    """Beyond those in `privileges` of the user."""


OBJECT_PRIVILEGES: Final = tuple(
    name for name, field in Grant.model_fields.items() if _Marker.ON_OBJECTS in field.metadata
)
"""The fields of `Grant` that list privileges on objects, which exclude a preset."""


class Schema(Model):
    """A schema, its owner (a NOLOGIN role) and the roles whose future objects the grants cover."""

    name: Identifier
    owner: SchemaOwner
    """keep: whoever owns it keeps it, and what is in it stays with whom it belongs to. The schema must be there."""
    creators: tuple[RoleName, ...] = ()
    """Other roles that create objects here; the owner always counts as one."""
    adopt: bool = False
    """true: take over these roles where nobody manages them, and make them what the spec says: without login and
    password."""

    @property
    def named_owner(self) -> str | None:
        """None: whoever owns it."""
        return None if isinstance(self.owner, Keep) else self.owner

    @property
    def makers(self) -> tuple[str, ...]:
        """The roles that the spec names as owner and creators, which may be one and the same."""
        return self.creators if self.named_owner is None else (self.named_owner, *self.creators)


class Database(Model):
    name: DatabaseName
    schemas: tuple[Schema, ...] = ()
    public: Literal["locked", "open"] = "locked"
    """locked: PUBLIC has no CONNECT, no TEMPORARY, nothing on schema public, no EXECUTE on what the owners make.
    open: PUBLIC keeps what it has."""
    grants: Literal["direct", "through_groups"] = "direct"
    """through_groups: grants go to one NOLOGIN group for each schema and kind of access, and users are its members.
    For more than 1,000 users with rights on one table."""
