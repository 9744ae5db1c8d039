"""The files in the bootstrap function's layers: specs and approvals, each named by the digest of its content."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from db_access.errors import AccessError
from db_access.spec.access_spec import AccessSpec
from db_access.spec.approved import Approved

FOLDER: Final = "access_spec"
"""In a layer's `python/`, which Lambda adds to the import path."""
APPROVED: Final = "approved-"
"""What the name of an approval's file begins with, beside the specs."""


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


def spec_of(digest: str) -> object:
    """The unparsed spec with the digest. Raises SpecFileError when the layers don't hold it."""
    for folder in _folders():
        file = folder / f"{digest}.json"
        if file.is_file():
            return json.loads(_checked(file, digest))
    raise SpecFileError(_missing(digest))


def approval_of(digest: str) -> Approved:
    """The approval with the digest. Raises SpecFileError when the layers don't hold it."""
    for folder in _folders():
        file = folder / f"{APPROVED}{digest}.json"
        if file.is_file():
            found = Approved.parse(json.loads(file.read_bytes()), "the approval")
            if found.digest == digest:
                return found
    raise SpecFileError(
        f"the bootstrap function has no approval with the digest {digest}, so nothing was changed: its layer and its "
        "settings come from different deploys; deploy the stack again"
    )


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
