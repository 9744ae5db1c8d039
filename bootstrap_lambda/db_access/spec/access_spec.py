"""The access spec: which databases, schemas and users exist, and who may do what.

One model for all who read a spec: the CDK app at synth, the bootstrap Lambda and the command line.
Reads no database. Fields that the engine does not act on are refused, never ignored.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from db_access.errors import SpecError
from db_access.spec.files.document import read_document
from db_access.spec.files.secrets import with_secrets
from db_access.spec.files.user_files import completed
from db_access.spec.model.base import Model
from db_access.spec.model.grants import Database
from db_access.spec.model.users import Group, Retired, User
from db_access.spec.problems.references import reference_problems
from db_access.spec.problems.structure import structural_problems
from db_access.spec.problems.users import warnings

_LOG = logging.getLogger(__name__)


class AccessSpec(Model):
    """A whole spec. Build one with `load` or `parse`, which report every problem at once."""

    version: Literal[1] = 1
    managed_by: str = Field(default="keyless-aurora", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
    """The name that marks the roles this spec owns. Two specs for one cluster need two names."""
    databases: tuple[Database, ...] = Field(min_length=1)
    groups: tuple[Group, ...] = ()
    users: tuple[User, ...] = ()
    retired: tuple[Retired, ...] = ()
    """Users and groups that were taken out, and whether their roles are dropped too."""

    @classmethod
    def parse(cls, raw: object) -> Self:
        """The spec in `raw`, a mapping as YAML, JSON or a CloudFormation event delivers it, or a user file (see
        spec_user_files).

        Raises:
            SpecError: with every problem, its place and what is allowed.
        """
        raw = completed(raw)
        try:
            spec, problems = cls.model_validate(_version_as_number(raw)), []
        except ValidationError as error:
            spec, problems = None, structural_problems(error, cls)
        problems += reference_problems(raw)
        if spec is None or problems:
            raise SpecError(problems)
        for warning in warnings(raw) if isinstance(raw, Mapping) else ():
            _LOG.warning("%s", warning)
        return spec

    @classmethod
    def manager(cls, raw: object) -> str:
        """Who manages the roles of a spec that may be no spec otherwise: enough to take its access away."""
        named = raw.get("managed_by") if isinstance(raw, Mapping) else None
        return str(named or cls.model_fields["managed_by"].default)

    @classmethod
    def load(cls, path: Path, secrets: Mapping[str, str] | None = None) -> Self:
        """The spec in a YAML or JSON file, with `secrets` (username to ARN) for password users that it names none for.

        Raises:
            SpecError: as `parse` does; also when the file is missing or isn't YAML or JSON.
        """
        return cls.parse(with_secrets(read_document(path), secrets or {}))

    def as_properties(self) -> dict[str, Any]:
        """The spec as JSON values, without what equals a default: short and readable in `cdk diff`."""
        return {"version": self.version, **self.model_dump(mode="json", exclude_defaults=True)}

    @property
    def iam_users(self) -> tuple[str, ...]:
        """Names of the users that log in with an IAM token, in the spec's order."""
        return tuple(user.username for user in self.users if user.auth_method == "iam")

    @property
    def grantees(self) -> Iterator[User | Group]:
        """Everybody who can be given grants: both have `name`, `databases`, `privileges`, `grants` and `groups`."""
        yield from self.users
        yield from self.groups

    def database(self, name: str) -> Database:
        """The database of that name. Raises SpecError when the spec doesn't declare it."""
        for database in self.databases:
            if database.name == name:
                return database
        raise SpecError([f"database {name!r} is not declared; allowed: {', '.join(d.name for d in self.databases)}"])

    def owners(self) -> Iterator[str]:
        """The roles that own a declared schema or create in one, each once."""
        names = {r: None for d in self.databases for s in d.schemas for r in (s.owner, *s.creators)}
        return iter(names)


def _version_as_number(raw: object) -> object:
    """CloudFormation delivers every number as a string, which a Literal would refuse."""
    if isinstance(raw, Mapping) and isinstance(raw.get("version"), str) and raw["version"].isdigit():
        return {**raw, "version": int(raw["version"])}
    return raw
