"""An approval: the effects that somebody has seen and agreed to, and the databases that they were seen in.

A file of the repository for each environment, reviewed with the change that it is for (docs/approval.md). It goes with
the template to the bootstrap function. Nothing of a secret is in it, nor is a secret's version.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, ValidationError

from db_access.errors import ApprovalError, SpecError
from db_access.spec.files.document import read_document
from db_access.spec.model.base import Model
from db_access.spec.source import shown

_DIGEST = r"^[0-9a-f]{64}$"
_MADE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_NO_FILE: Final = "allowed: an approval, as `keyless approve` writes one"
_SKEW: Final = timedelta(minutes=5)
"""By which two clocks may differ."""


def now(*, after: str | None = None) -> str:
    """The time of an approval that is made now, and later than the one that it replaces."""
    made = datetime.now(UTC)
    if after is not None:
        made = max(made, datetime.fromisoformat(after) + timedelta(microseconds=1))
    return made.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _made(text: str) -> datetime | None:
    """None: no time, or one that is still to come, which every later approval would be older than."""
    try:
        made = datetime.fromisoformat(text) if _MADE.fullmatch(text) else None
    except ValueError:
        return None
    return made if made is not None and made <= datetime.now(UTC) + _SKEW else None


class Identity(Model):
    """Which database, whatever its name. A restored or copied one has another host, one made anew another oid."""

    host: str
    """As the connection names the server: of a deployment the cluster's endpoint."""
    system: str | None
    """PostgreSQL's system identifier; None where the server doesn't tell."""
    oid: str | None
    """Of the database; None: it is still to be made."""


class Expected(Model):
    """What was seen of one database."""

    database: str
    identity: Identity
    shared: tuple[str, ...] = ()
    """What would be done to the cluster's roles and databases, a statement each, sorted."""
    effects: tuple[str, ...] = ()
    """What would be done in the database itself."""
    about: tuple[str, ...] = ()
    """The objects that the statements name and that these reach, who is a member of whom, and what groups have."""
    left: tuple[str, ...] = ()
    """What the spec asks for and only others can change."""
    warnings: tuple[str, ...] = ()
    """What else an operator should know. For whoever reviews: a run doesn't compare it."""


class Approved(Model):
    """A whole approval. Build one with `load` or `parse`."""

    version: Literal[1] = 1
    made: str
    """When the effects were seen, in UTC: of two approvals the older one is gone back to."""
    spec: str = Field(pattern=_DIGEST)
    """The digest of the access spec that would be carried out."""
    first: bool = False
    """Instead of effects: whatever the spec gives in a database that nobody has anything in yet."""
    databases: tuple[Expected, ...] = ()
    """In the spec's order, which is that of the runs."""
    later: tuple[str, ...] = ()
    """What may be done to the cluster as soon as nothing is in the way: roles that are dropped."""

    @classmethod
    def parse(cls, raw: object, where: str) -> Self:
        """Raises ApprovalError with every problem; `where` names the document."""
        try:
            approved = cls.model_validate_json(json.dumps(raw), strict=True)
        except ValidationError as error:
            raise ApprovalError([f"{where}: {_place(each['loc'])}{each['msg']}" for each in error.errors()]) from error
        problems = list(approved._problems())
        if isinstance(raw, dict) and type(raw.get("version")) is not int:
            problems.append("version: is not there, or no whole number; allowed: 1")
        if problems:
            raise ApprovalError([f"{where}: {problem}" for problem in problems])
        return approved

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises ApprovalError, also when the file is missing or isn't JSON."""
        try:
            document = read_document(path, allowed=_NO_FILE)
        except SpecError as error:
            raise ApprovalError(error.problems) from error
        return cls.parse(document, str(shown(path)))

    def _problems(self) -> Iterator[str]:
        if _made(self.made) is None:
            yield f"made: {self.made!r} is no time that has been; allowed: one like {now()}"
        names = [expected.database for expected in self.databases]
        if len({*names}) != len(names):
            yield "databases: one is there twice; allowed: each once"
        if self.first == bool(names):
            yield "it is either `first` or about databases; allowed: a file as `keyless approve` writes it"

    @property
    def text(self) -> str:
        """As the file has it."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, in hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    def older_than(self, other: Mapping[str, object]) -> bool:
        """Than the approval that these properties of a custom resource name."""
        made = other.get("Made")
        return isinstance(made, str) and _made(made) is not None and self.made < made


def _place(where: tuple[int | str, ...]) -> str:
    return "".join(f"{step}." for step in where).removesuffix(".") + ": " if where else ""
