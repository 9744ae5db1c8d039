"""Hand the access spec to the bootstrap function: readable in the custom resource's properties, or, too large for them,
as an asset.

The asset is a layer of the function: an object in S3 named by its content, which Lambda itself unpacks, so that the
function needs no route to S3 and no right to read it. An update changes the function, then the custom resource, which
depends on it. A rollback is an update back to the old template, and CloudFormation deletes neither version of a
replaced layer before the stack is settled.
"""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from aws_cdk import aws_lambda as lambda_

from db_access.errors import ApprovalError, SpecError
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import as_sent
from db_access.spec.deployed import digest as spec_digest
from db_access.spec.transport import APPROVED, FOLDER, SpecFile
from keyless_aurora.functions.platform import ARCHITECTURE, RUNTIME
from keyless_aurora.functions.vpc_function import VpcFunction

_EVENT_BYTES: Final = 256 * 1024
"""CloudFormation invokes a custom resource's function asynchronously, with the whole request as payload. One too large
ends as "1115107 byte payload is too large for the Event invocation type (limit 262144 bytes)" (aws/aws-pdk#771). Since
October 2025 Lambda takes 1 MB (its quotas page); that CloudFormation sends as much everywhere is unverified."""
_ENVELOPE_BYTES: Final = 16 * 1024
"""For the request's other fields, a presigned URL among them; about 2 KB in a rehearsal."""
INLINE_BYTES: Final = (_EVENT_BYTES - _ENVELOPE_BYTES) // 2
"""An Update's request holds the new properties and the old ones."""
_SECRET_BYTES: Final = 225
"""A user's name of up to 63 characters, its secret's ARN of up to 145, and what is written between them."""
TEMPLATE_BYTES: Final = 450_000
"""Of the 1 MB that a template may have (CloudFormation quotas). The rest of it takes 30 KB, and 3 KB for each database,
of which there may be 150: each takes three of the 500 resources that a stack may have."""
ASSET_BYTES: Final = 4 * 1024 * 1024
"""About 40,000 users. Measured: a run for 20,000 takes 200 MB (docs/bench.md), and the function has 1 GiB."""


def hand_over(spec: AccessSpec, function: VpcFunction, *, secrets: int = 0) -> dict[str, Any]:
    """The properties by which a custom resource of `function` gets `spec`; gives the function a layer when it needs
    one.

    Args:
        secrets: how many users' secrets stand beside the spec, by their ARNs.

    Raises:
        SpecError: when the spec is too large even for a layer.
    """
    properties = spec.as_properties()
    if fits_inline(properties, databases=len(spec.databases), beside=secrets * _SECRET_BYTES):
        return {"Spec": properties}
    return carry(spec, function)


def carry(spec: AccessSpec, function: VpcFunction) -> dict[str, Any]:
    """The same by a layer, whatever the spec's size.

    Raises:
        SpecError: as `hand_over`.
    """
    file = SpecFile.of(spec)
    if len(file.content) > ASSET_BYTES:
        raise SpecError(
            [
                f"the document: {len(spec.users)} users and their grants take {len(file.content):,} bytes as JSON; "
                f"allowed: at most {ASSET_BYTES:,}. Name a grant's schemas in one list, or give groups of users a "
                "spec, a `managed_by` and a stack of their own"
            ]
        )
    function.function.add_layers(_layer(function, "AccessSpec", file.name, file.content, f"access spec {file.digest}"))
    return file.announcement(spec)


def carry_approval(approved: Approved, spec: AccessSpec, function: VpcFunction) -> dict[str, Any]:
    """The property that names the approval, which a layer of `function` has.

    Raises:
        ApprovalError: when it is for another spec than `spec` or other databases, or too large.
    """
    content = approved.text.encode()
    if approved.spec != (wanted := spec_digest(spec.as_properties())):
        raise ApprovalError(
            [
                f"the approval is for the access spec with the digest {approved.spec}, and this one has {wanted}; "
                f"allowed: an approval of this one, made by `keyless approve --managed-by {spec.managed_by}` "
                "(docs/approval.md)"
            ]
        )
    names = [expected.database for expected in approved.databases]
    if not approved.first and names != (declared := [database.name for database in spec.databases]):
        raise ApprovalError(
            [
                f"the approval is for databases {', '.join(names)}; allowed: those of the spec, in its order, which "
                f"are {', '.join(declared)}"
            ]
        )
    if len(content) > ASSET_BYTES:
        raise ApprovalError([f"the approval has {len(content):,} bytes; allowed: at most {ASSET_BYTES:,}"])
    name, description = f"{APPROVED}{approved.digest}.json", f"approval {approved.digest}"
    function.function.add_layers(_layer(function, "Approval", name, content, description))
    return {"Approved": {"Digest": approved.digest, "Made": approved.made}}


def fits_inline(properties: dict[str, Any], *, databases: int, beside: int = 0) -> bool:
    """Whether every request and the template can hold the spec, which the template repeats for each database.

    Args:
        beside: the bytes of the other properties, which are repeated too.
    """
    request = len(json.dumps(as_sent(properties), separators=(",", ":")))
    template = json.dumps(properties, indent=1)
    in_template = len(template.encode()) + 4 * template.count("\n")  # it stands four levels deep there
    return request + beside <= INLINE_BYTES and (in_template + beside) * databases <= TEMPLATE_BYTES


def _layer(function: VpcFunction, id: str, name: str, content: bytes, description: str) -> lambda_.LayerVersion:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "python", FOLDER, name)
        target.parent.mkdir(parents=True)
        target.write_bytes(content)
        target.chmod(0o644)  # or Lambda couldn't read it, where the umask keeps others out
        for above in (target.parent, target.parent.parent):
            above.chmod(0o755)
        return lambda_.LayerVersion(  # which copies the folder into the cloud assembly
            function,
            id,
            code=lambda_.Code.from_asset(folder),
            description=description,
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
        )
