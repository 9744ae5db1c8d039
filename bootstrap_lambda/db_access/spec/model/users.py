"""The part of a spec about who: users, groups and owners."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SecretStr,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from db_access.spec.model import forms
from db_access.spec.model.base import GroupName, Identifier, Model, RoleName
from db_access.spec.model.grants import DatabasePrivilege, Grant
from db_access.spec.model.predefined import reserved
from db_access.spec.model.settings import as_lists, only_lists_as_lists
from db_access.spec.model.temporary import MayHave

_Description = Annotated[str, Field(max_length=1000, pattern=forms.DESCRIPTION)]


_Name = Annotated[str, Field(pattern=forms.SETTING)]
_Value = Annotated[str, Field(pattern=forms.VALUE)]
_JSON = {"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}
Settings = Annotated[
    dict[_Name, tuple[_Value, ...]],
    BeforeValidator(as_lists),
    AfterValidator(only_lists_as_lists),
    WithJsonSchema({"type": "object", "additionalProperties": _JSON}),
]


class Retired(Model):
    """A user or group that is no longer in the spec."""

    username: RoleName
    drop: bool = False
    """true: drop the role once it owns nothing in any database. Until then, and otherwise, it stays without access."""


class InGroup(Model):
    """A membership with options; a group's name alone stands for the defaults."""

    name: GroupName
    """One of the spec's groups, or a predefined role (pg_monitor, pg_read_all_data, rds_replication, …)."""
    inherit: bool = True
    """false: the member has the group's rights only after SET ROLE (PostgreSQL 16+)."""
    set: bool = True
    """false: the member can't SET ROLE to the group (PostgreSQL 16+)."""
    admin: bool = False
    """true: the member may give the membership to others. Not of predefined roles."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, raw: object) -> object:
        return {"name": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _not_passed_on(self) -> Self:
        """A predefined role holds for the whole cluster, so roles that the spec doesn't know could get it anywhere."""
        if self.admin and reserved(self.name):
            raise ValueError(f"{self.name!r} is a predefined role, which nobody may pass on; allowed: without `admin`")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(core)]}


class Group(Model):
    """A NOLOGIN role whose members have its rights."""

    name: RoleName
    adopt: bool = False
    """true: take over a role of that name that nobody manages, and make it what the spec says."""
    description: _Description = ""
    groups: tuple[InGroup, ...] = ()
    """Groups that this one is a member of."""
    databases: tuple[Identifier, ...] = ()
    privileges: tuple[DatabasePrivilege, ...] = ("CONNECT",)
    grants: tuple[Grant, ...] = ()


class Owner(Model):
    """What a role that owns schemas, or creates in them, has beyond what is its own. The schemas say what it owns."""

    name: RoleName
    description: _Description = ""
    groups: tuple[InGroup, ...] = ()
    databases: tuple[Identifier, ...] = ()
    """Databases to which `privileges` apply, beyond those of the grants and those in which it owns or creates."""
    privileges: tuple[Literal["CREATE", "TEMPORARY"], ...] = ()
    """Privileges on each of those databases. It never logs in, so CONNECT would be nothing to it."""
    grants: tuple[Grant, ...] = ()


class User(Model):
    """A role that logs in with an IAM token (`iam`), with a password (`password`), or not at all (`none`)."""

    username: RoleName
    auth_method: Literal["iam", "password", "none"] = "iam"
    password: SecretStr | None = Field(default=None, exclude=True, repr=False)
    """Ignored; files of the PostgreSQL user manager have it, and must load. `password_secret` names the password."""
    password_secret: str | None = Field(default=None, max_length=600, pattern=forms.ARN_OF_SECRET)
    """The ARN of the Secrets Manager secret that holds the password: as text, or as JSON with a field `password`."""
    valid_until: AwareDatetime | None = None
    """When the password expires; with `auth_method: password` only, since PostgreSQL applies it to passwords only."""
    iam_role: str | None = Field(default=None, max_length=600, pattern=forms.ROLE_ARN)
    """The IAM role that connects as this user. An app's RolesStack lets it; without one, documentation."""
    adopt: bool = False
    """true: take over a role of that name that nobody manages, and make it what the spec says."""
    can_login: bool = True
    enabled: bool = True
    """false: NOLOGIN, grants kept."""
    connection_limit: int | None = Field(default=None, ge=-1, le=262143)
    """Concurrent sessions. Without it, as many as leave the master room; -1: no limit."""
    settings: Settings = Field(default_factory=dict)
    """What the user's sessions start with in every database (ALTER ROLE … SET); `search_path` as a list, `role` one of
    the groups."""
    groups: tuple[InGroup, ...] = ()
    may_have: tuple[MayHave, ...] = Field(default=(), max_length=20)
    """Groups that it isn't in, and that `keyless grant` puts it into for a while."""
    databases: tuple[Identifier, ...] = ()
    """Databases beyond those of the grants that the user may connect to."""
    privileges: tuple[DatabasePrivilege, ...] = ("CONNECT",)
    """Privileges on each of those databases."""
    description: _Description = ""
    grants: tuple[Grant, ...] = ()

    @property
    def name(self) -> str:
        return self.username

    @property
    def logs_in(self) -> bool:
        return self.auth_method != "none" and self.can_login and self.enabled


Grantee = User | Group | Owner
"""Whom a spec gives something; all have `name`, `databases`, `privileges`, `grants` and `groups`."""
