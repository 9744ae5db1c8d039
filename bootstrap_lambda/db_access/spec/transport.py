"""How a spec reaches the bootstrap function: in the custom resource's properties, or as a file in one of its layers.

The stacks choose (`keyless_aurora.access.spec_asset`) and write the file with `SpecFile`; the handler reads either with
`received`. Knows no CDK, and needs no network: the function can reach nothing but the database.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from db_access.spec.deployed import Deployed, ForeignEventError
from db_access.spec.files.secrets import with_secrets
from db_access.spec.raw_document import RawDocument
from db_access.wording import quoted

FOLDER: Final = "access_spec"
"""In a layer's `python/`, which Lambda adds to the import path."""
_DIGEST: Final = re.compile("[0-9a-f]{64}")
"""It names a file."""
_NAME_BYTES: Final = 63
"""PostgreSQL cuts the rest off (SQL Syntax, 4.1.1)."""


class SpecFileError(AccessError):
    """The function's layers don't hold the spec that CloudFormation refers to. Nothing was changed."""


@dataclass(frozen=True)
class SpecFile:
    """A spec as a file named by its content: the same spec gives the same name."""

    content: bytes

    @classmethod
    def of(cls, spec: AccessSpec) -> Self:
        return cls(json.dumps(spec.as_properties(), indent=1, sort_keys=True).encode())

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def name(self) -> str:
        return f"{self.digest}.json"

    def announcement(self, spec: AccessSpec) -> dict[str, Any]:
        """The properties in place of the spec: its digest, its size, and what a Delete needs without the file."""
        schemas = sum(len(database.schemas) for database in spec.databases)
        return {
            "SpecDigest": self.digest,
            "SpecUsers": len(spec.users),
            "SpecSchemas": schemas,
            "ManagedBy": spec.managed_by,
            **({"TakeOver": list(spec.take_over)} if spec.take_over else {}),
        }


def received(properties: Mapping[str, Any], deployed: Deployed) -> object:
    """The unparsed spec of a custom resource's properties, with the secrets (`Secrets`: username to ARN) of its stack.

    Raises:
        ForeignEventError: when it isn't the deployed one.
        SpecFileError: when the properties refer to a spec that the function's layers don't hold.
        SpecError: when a secret is for a user that takes none, or is another user's.
    """
    deployed.check(raw := _spec(properties))
    return with_secrets(raw, mapping(properties, "Secrets"))


def mapping(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Nothing, where there is none. Raises ForeignEventError for anything else."""
    if isinstance(found := properties.get(name) or {}, Mapping):
        return found
    raise ForeignEventError(f"`{name}` is {type(found).__name__}, so nothing was done; allowed: an object")


def field(properties: Mapping[str, Any], name: str) -> str:
    """Raises ForeignEventError unless the properties have such a text."""
    if not isinstance(found := properties.get(name), str) or not found:
        raise ForeignEventError(
            f"the event has no `{name}`, so nothing was done; allowed: the properties of the database's custom resource"
        )
    return found


def database(properties: Mapping[str, Any]) -> str:
    """The name of the database that the properties are about.

    Raises:
        ForeignEventError: when there is none, or one that PostgreSQL would cut and so take for another's.
    """
    found = field(properties, "Database")
    if len(found.encode()) > _NAME_BYTES or not found.isprintable():
        raise ForeignEventError(
            f"`Database` is {quoted(found[:100])}, so nothing was done; allowed: a name of printable characters and at "
            f"most {_NAME_BYTES} bytes"
        )
    return found


def _spec(properties: Mapping[str, Any]) -> object:
    if "SpecDigest" not in properties:
        if "Spec" not in properties:
            field(properties, "SpecDigest")
        return properties["Spec"]
    if not _DIGEST.fullmatch(digest := field(properties, "SpecDigest")):
        raise ForeignEventError(
            f"`SpecDigest` is {quoted(digest[:100])}, so nothing was done; allowed: 64 hexadecimal digits in lower case"
        )
    for folder in _folders():
        file = folder / f"{digest}.json"
        if file.is_file():
            return json.loads(_checked(file, digest))
    raise SpecFileError(_missing(digest))


def manager(properties: Mapping[str, Any]) -> str:
    """The spec's `managed_by`, even if the spec is invalid or its file is gone: a stack must be deletable."""
    return str(properties["ManagedBy"]) if "ManagedBy" in properties else AccessSpec.manager(properties.get("Spec"))


def giving_back(spec: AccessSpec, old: Mapping[str, Any]) -> AccessSpec:
    """`spec` as it is to be carried out after the properties `old`.

    When those took its roles over, they are taken back: CloudFormation rolls a stack back by such an update, and it
    would fail otherwise, for the roles have the other mark by then. What was never its own is not.
    """
    announced = old.get("TakeOver") or RawDocument(old.get("Spec")).take_over
    if spec.managed_by not in announced:
        return spec
    return spec.taking_back_from(manager(old))


def _checked(file: Path, digest: str) -> bytes:
    content = file.read_bytes()
    if (found := SpecFile(content).digest) != digest:
        raise SpecFileError(
            f"the content of access spec {file.name} doesn't match the digest in its name (sha256 {found}), so nothing "
            "was changed; allowed: the file that the stack's deploy has published. Deploy the stack again"
        )
    return content


def _missing(digest: str) -> str:
    found = sorted(file.stem for folder in _folders() if folder.is_dir() for file in folder.glob("*.json"))
    return (
        f"the bootstrap function has no access spec with the digest {digest} (it has {', '.join(found) or 'none'}), so "
        "nothing was changed: its layer and the custom resource come from different deploys. When the stack is in "
        "UPDATE_ROLLBACK_FAILED, run `aws cloudformation continue-update-rollback`, which restores the function first; "
        "otherwise deploy the stack again"
    )


def _folders() -> Iterator[Path]:
    return (Path(entry, FOLDER) for entry in sys.path)
