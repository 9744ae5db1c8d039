"""What a deploy has put into a function's settings: the one spec that it carries out, whoever calls it with what.

Who may invoke the bootstrap function acts as the master through it. An event is only words; the settings change by a
deploy, and CloudFormation changes the function before it sends the event, in an update as in a rollback.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final, Self

from db_access.errors import AccessError, SpecError
from db_access.spec.access_spec import AccessSpec

SETTING: Final = "DEPLOYED_SPEC"
"""The environment variable."""
_MOST_BYTES: Final = 3000
"""All of a function's variables together may have 4 KB (Lambda quotas)."""


class ForeignEventError(AccessError):
    """The event asks for something else than what was deployed. Nothing was changed."""


@dataclass(frozen=True)
class Deployed:
    digest: str
    """SHA-256 of the spec, in hexadecimal digits."""
    managers: tuple[str, ...]
    """Its name, and those that it takes roles over from."""
    databases: tuple[str, ...]
    protected: bool
    """A Delete of what the spec still declares is not carried out."""
    approved: str | None = None
    """The digest of the approval, without which nothing is done; None: none is needed."""

    @classmethod
    def of(cls, spec: AccessSpec, *, protected: bool, approved: str | None = None) -> Self:
        databases = tuple(database.name for database in spec.databases)
        return cls(digest(spec.as_properties()), (spec.managed_by, *spec.take_over), databases, protected, approved)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises ForeignEventError where nothing was deployed with the function."""
        if SETTING not in environment:
            raise ForeignEventError(
                f"the function has no environment variable {SETTING}, so nothing was done; allowed: that of a deploy"
            )
        found = json.loads(environment[SETTING])
        managers, databases = tuple(found["managers"]), tuple(found["databases"])
        return cls(found["digest"], managers, databases, found["protected"], found.get("approved"))

    @property
    def setting(self) -> str:
        """As the environment variable has it.

        Raises:
            SpecError: when Lambda would take no more.
        """
        said = {name: value for name, value in asdict(self).items() if value is not None}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        if (size := len(text.encode())) > _MOST_BYTES:
            raise SpecError(
                [
                    f"databases: the names of {len(self.databases)} databases take {size:,} bytes of the function's "
                    f"variables; allowed: at most {_MOST_BYTES:,}. Give some of them a spec and a stack of their own"
                ]
            )
        return text

    def check(self, raw: object) -> None:
        """Raises ForeignEventError unless `raw`, an unparsed spec, is the deployed one."""
        if (found := digest(raw)) != self.digest:
            raise ForeignEventError(
                f"the access spec of this call (sha256 {found}) is not the one that was deployed with the function "
                f"(sha256 {self.digest}), so nothing was changed; allowed: that one, as CloudFormation sends it. If "
                "CloudFormation did, deploy the stack again; if it didn't, see who may invoke the function"
            )


def digest(raw: object) -> str:
    """Of a spec's properties, the same before CloudFormation has made text of every scalar and after."""
    return sha256(json.dumps(as_sent(raw), sort_keys=True).encode()).hexdigest()


def as_sent(value: object) -> object:
    """CloudFormation sends every scalar as a text."""
    match value:
        case Mapping():
            return {str(key): as_sent(item) for key, item in value.items()}
        case list() | tuple():
            return [as_sent(item) for item in value]
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
