"""The access spec: which databases, schemas and users exist, and who may do what.

One model for all readers of a spec: the CDK app at synth, the bootstrap Lambda and the command line.
Reads no database. Unknown fields are refused, never ignored.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError

from db_access.errors import SpecError
from db_access.spec.connecting import connectable
from db_access.spec.files.document import read_document
from db_access.spec.files.secrets import with_secrets
from db_access.spec.files.user_files import completed
from db_access.spec.model.acknowledged import Acknowledged
from db_access.spec.model.base import Model
from db_access.spec.model.grants import Database
from db_access.spec.model.names import DEFAULT_MANAGER, Manager
from db_access.spec.model.users import Grantee, Group, Owner, Retired, User
from db_access.spec.problems.document import document_problems, others
from db_access.spec.problems.structure import structural_problems
from db_access.spec.problems.unprintable import unprintable_problems
from db_access.spec.problems.users import warnings
from db_access.spec.raw_document import RawDocument
from db_access.spec.source import Source

_LOG = logging.getLogger(__name__)


class AccessSpec(Model):
    """A whole spec. Build one with `load` or `parse`, which report every problem at once."""

    version: Literal[1] = 1
    managed_by: Manager = DEFAULT_MANAGER
    """The name that marks the roles this spec owns. Two specs for one cluster need two names. The stacks name a spec
    that doesn't after their own."""
    take_over: tuple[Manager, ...] = ()
    """Names that marked roles until now: those that this spec declares are its own from the next run on."""
    databases: tuple[Database, ...] = Field(min_length=1)
    owners: tuple[Owner, ...] = ()
    """What owners of schemas and creators in them have elsewhere; those that have nothing there need no entry."""
    groups: tuple[Group, ...] = ()
    users: tuple[User, ...] = ()
    additive: bool = False
    """true: users and groups that the spec doesn't mention keep what they have. Otherwise they are retired."""
    retired: tuple[Retired, ...] = ()
    """Users and groups that were removed from the spec, and whether their roles are dropped too."""
    acknowledged: tuple[Acknowledged, ...] = ()
    """Roles that the spec doesn't manage and that may have rights here. Any other one that has is drift."""

    _take_back: frozenset[str] = PrivateAttr(default=frozenset())

    @classmethod
    def parse(cls, raw: object, source: Source | None = None) -> Self:
        """The spec in `raw`: a mapping as YAML, JSON or a CloudFormation event delivers it, or a user file.
        `source` is the file that it is from.

        Raises:
            SpecError: with every problem, its place and what is allowed.
        """
        root = completed(raw)
        spec = cls._validated(root, source)
        for warning in warnings(RawDocument(root, source)):
            _LOG.warning("%s", warning)
        return spec

    @classmethod
    def _validated(cls, root: object, source: Source | None = None) -> Self:
        document = RawDocument(root, source)
        try:
            spec, problems = cls.model_validate(_version_as_number(root)), []
        except ValidationError as error:
            spec, problems = None, structural_problems(error, cls, document)
        problems = [*problems, *unprintable_problems(document)]
        problems += others(document_problems(document), problems)
        if spec is None or problems:
            raise SpecError(problems)
        return spec

    @classmethod
    def manager(cls, raw: object) -> str:
        """The `managed_by` of a document that may be invalid otherwise: enough to take its roles' access away."""
        return RawDocument(raw).managed_by

    @classmethod
    def load(cls, path: Path, secrets: Mapping[str, str] | None = None) -> Self:
        """The spec in a YAML or JSON file; `secrets` (username to ARN) adds secrets for password users without one.

        Raises:
            SpecError: as `parse` does; also when the file is missing or isn't YAML or JSON.
        """
        return cls.parse(with_secrets(read_document(path), secrets or {}), Source(path))

    def as_properties(self) -> dict[str, Any]:
        """The spec as JSON values, without what equals a default: short and readable in `cdk diff`."""
        said = {"managed_by": self.managed_by} if self.says_manager else {}
        return {"version": self.version, **said, **self.model_dump(mode="json", exclude_defaults=True)}

    @property
    def says_manager(self) -> bool:
        """Whether it says `managed_by`, be it the default."""
        return "managed_by" in self.model_fields_set

    def named(self, managed_by: str) -> Self:
        """The same with this `managed_by`, where it says none itself.

        Raises:
            SpecError: when the name, or with it a role's, is not allowed.
        """
        return self if self.says_manager else self._validated({**self.as_properties(), "managed_by": managed_by})

    @property
    def take_back(self) -> frozenset[str]:
        """Names of specs from which this one gets back what they have taken over from it. No document says any."""
        return self._take_back

    def taking_back_from(self, manager: str) -> Self:
        given = self.model_copy()
        given._take_back = frozenset({manager})
        return given

    @property
    def iam_users(self) -> tuple[str, ...]:
        """Names of the users that log in with an IAM token, in the spec's order."""
        return tuple(user.username for user in self.users if user.auth_method == "iam")

    @property
    def grantees(self) -> Iterator[Grantee]:
        yield from self.users
        yield from self.groups
        yield from self.owners

    def database(self, name: str) -> Database:
        """The database of that name. Raises SpecError when the spec doesn't declare it."""
        for database in self.databases:
            if database.name == name:
                return database
        raise SpecError([f"database {name!r} is not declared; allowed: {', '.join(d.name for d in self.databases)}"])

    def connectable(self, user: User) -> tuple[str, ...]:
        """Names of the databases that `user` may connect to, its own first."""
        return connectable(user, {group.name: group for group in self.groups}, self.databases)

    def makers(self) -> Iterator[str]:
        """The roles that own a schema or create objects in one, each once."""
        names = {r: None for d in self.databases for s in d.schemas for r in s.makers}
        return iter(names)


def _version_as_number(raw: object) -> object:
    """With `version` as a number; CloudFormation delivers a string, which a Literal would refuse."""
    if isinstance(raw, Mapping) and isinstance(raw.get("version"), str) and raw["version"].isdigit():
        return {**raw, "version": int(raw["version"])}
    return raw
