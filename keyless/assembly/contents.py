"""What a cloud assembly may consist of, so that deploying it uploads files and hands over templates, and runs nothing.

AWS calls an assembly a trust boundary: building its assets can run code (aws-cdk, `fromAssemblyDirectory`). So this is
a list of what is allowed, at every depth; what nobody has thought of is refused.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from keyless.assembly.assets import asset_problems, sources
from keyless.assembly.documents import read
from keyless.assembly.forms import Form, anything, each, mapping, record, text
from keyless.assembly.manifest import MANIFEST, TEXT, VERSION, asset_manifests, manifest_problems, stacks, target_of
from keyless.assembly.refused import RefusedError

_REPORTS: Final = frozenset(
    {"cdk.out", "manifest.json", "performance-counters.json", "tree.json", "validation-report.json"}
)
"""What the CDK writes about itself. The counters only of a slow synth: how long what took."""
_METADATA: Final = mapping(
    TEXT,
    each(
        record(
            {"type": text("aws:cdk:(?!asset$)[A-Za-z:-]+", "aws:cdk:…, but no asset: those are in asset manifests")},
            {"data": anything, "trace": anything},
        )
    ),
)
"""Old templates declare assets by metadata, images too: the command line builds them."""


def content_problems(assembly: Path, environment: str, qualifier: str, app: str = "") -> Iterator[str]:
    """Everything in the assembly that isn't on the list, each as a sentence with its place."""
    documents: dict[str, object] = {}
    for path in sorted(assembly.iterdir()) if assembly.is_dir() else ():
        if path.suffix == ".json" or path.name == "cdk.out":
            yield from _reads(path, documents)
    yield from _names(assembly, documents)
    for name, form in _forms(documents):
        yield from form(name, documents[name])
    if "manifest.json" not in documents:
        yield "there is no manifest.json that can be read; allowed: an assembly as `make synth` made it"
        return
    manifest = documents["manifest.json"]
    if (target := target_of(manifest, environment, qualifier, app)) is None:
        yield "manifest.json: its first stack says no environment; allowed: stacks for aws://ACCOUNT/REGION"
        return
    yield from manifest_problems(manifest, assembly, target)
    for name in documents:
        if name.endswith(".assets.json"):
            yield from asset_problems(name, documents[name], assembly, target)


def _reads(path: Path, documents: dict[str, object]) -> Iterator[str]:
    try:
        documents[path.name] = read(path)
    except RefusedError as error:
        yield from error.problems


def _forms(documents: dict[str, object]) -> Iterator[tuple[str, Form]]:
    for name in documents:
        if name.endswith(".metadata.json"):
            yield name, _METADATA
        elif name == "manifest.json":
            yield name, MANIFEST
        elif name == "cdk.out":
            yield name, record({"version": VERSION})


def _names(assembly: Path, documents: dict[str, object]) -> Iterator[str]:
    """Each file belongs to a stack of the manifest, or to an asset of such a stack."""
    names, manifests = stacks(manifest := documents.get("manifest.json")), asset_manifests(manifest)
    known = {f"{name}.{kind}.json" for name in names for kind in ("template", "metadata")} | manifests
    uploaded = {file for name in manifests for file in sources(documents.get(name))}
    for path in sorted(assembly.iterdir()) if assembly.is_dir() else ():
        if path.name not in known | uploaded | _REPORTS:
            yield (
                f"{path.name!a} is not part of an assembly; allowed: {', '.join(sorted(_REPORTS))}, and templates, "
                "assets and metadata that the manifest's stacks name"
            )
