"""How a spec reaches the bootstrap function: in the custom resource's properties, or as a file in one of its layers.

The stacks choose (`keyless_aurora.access.spec_asset`) and write the file with `SpecFile`; the handler reads either with
`received`. Knows no CDK, and needs no network: the function can reach nothing but the database.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from db_access.spec.access_spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import Deployed, ForeignEventError
from db_access.spec.files.secrets import with_secrets
from db_access.spec.raw_document import RawDocument
from db_access.spec.transport.fields import database, field, mapping
from db_access.spec.transport.layer import APPROVED, FOLDER, SpecFile, SpecFileError, approval_of, spec_of
from db_access.wording import quoted

__all__ = [
    "APPROVED",
    "FOLDER",
    "SpecFile",
    "SpecFileError",
    "approved",
    "database",
    "field",
    "giving_back",
    "manager",
    "mapping",
    "received",
]

_DIGEST: Final = re.compile("[0-9a-f]{64}")
"""It names a file."""


def received(properties: Mapping[str, Any], deployed: Deployed) -> object:
    """The unparsed spec of a custom resource's properties, with the secrets (`Secrets`: username to ARN) of its stack.

    Raises:
        ForeignEventError: when it isn't the deployed one.
        SpecFileError: when the properties refer to a spec that the function's layers don't hold.
        SpecError: when a secret is for a user that takes none, or is another user's.
    """
    deployed.check(raw := _spec(properties))
    return with_secrets(raw, mapping(properties, "Secrets"))


def approved(properties: Mapping[str, Any], deployed: Deployed) -> Approved | None:
    """The approval of a custom resource's properties, from the function's layers; None where none is needed.

    Raises:
        ForeignEventError: when it isn't the deployed one, or is for another spec.
        SpecFileError: when the layers don't hold it.
    """
    digest = mapping(properties, "Approved").get("Digest")
    if digest != deployed.approved:
        raise ForeignEventError(
            f"the approval of this call ({_said(digest)}) is not the one that was deployed with the function "
            f"({_said(deployed.approved)}), so nothing was changed; allowed: that one, as CloudFormation sends it"
        )
    if deployed.approved is None:
        return None
    found = approval_of(deployed.approved)
    if found.spec != deployed.digest:
        raise ForeignEventError(
            f"the approval is for the access spec with the digest {found.spec}, and the deployed one has "
            f"{deployed.digest}, so nothing was changed; allowed: an approval of that one"
        )
    return found


def _said(digest: object) -> str:
    return "none" if digest is None else f"sha256 {quoted(str(digest)[:100])}"


def _spec(properties: Mapping[str, Any]) -> object:
    if "SpecDigest" not in properties:
        if "Spec" not in properties:
            field(properties, "SpecDigest")
        return properties["Spec"]
    if not _DIGEST.fullmatch(digest := field(properties, "SpecDigest")):
        raise ForeignEventError(
            f"`SpecDigest` is {quoted(digest[:100])}, so nothing was done; allowed: 64 hexadecimal digits in lower case"
        )
    return spec_of(digest)


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
