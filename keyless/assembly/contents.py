"""What a cloud assembly may consist of, so that deploying it uploads files and hands over templates, and runs nothing.

AWS calls an assembly a trust boundary: building its assets can run code (aws-cdk, `fromAssemblyDirectory`). So this is
a list of what is allowed; what nobody has thought of is refused.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

_NAMES: Final = re.compile(
    r"cdk\.out|manifest\.json|tree\.json|validation-report\.json|"
    r"[A-Za-z0-9-]+(\.nested)?\.(template|assets|metadata)\.json|asset\.[0-9a-f]{64}(\.[A-Za-z0-9]+)?"
)
_ARTIFACTS: Final = {
    "aws:cloudformation:stack": ("templateFile", ".template.json"),
    "cdk:asset-manifest": ("file", ".assets.json"),
    "cdk:tree": ("file", "tree.json"),
    "cdk:feature-flag-report": None,
}
"""The kinds of artifact, with the property that names its file and how the file's name ends: by that end it is known
what to look for in it."""
_MANIFEST: Final = ("version", "artifacts", "minimumCliVersion")
_ASSETS: Final = ("version", "files", "dockerImages")
_ASSET: Final = ("displayName", "source", "destinations")
_SOURCE: Final = ("path", "packaging")
_LEGACY_ASSET: Final = "aws:cdk:asset"
"""Metadata by which old templates declare assets, images too: the command line builds them."""


def content_problems(assembly: Path) -> Iterator[str]:
    """Everything in the assembly that isn't on the list, each as a sentence with its place."""
    try:
        for path in sorted(assembly.iterdir()):
            if not _NAMES.fullmatch(path.name):
                yield f"{path.name!a} is not part of an assembly; allowed: manifests, templates, metadata and assets"
        yield from _manifest(assembly)
        for path in sorted(assembly.glob("*.assets.json")):
            yield from _assets(assembly, path.name)
        for path in sorted(assembly.glob("*.metadata.json")):
            yield from _metadata(path.name, _read(path))
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        yield f"the assembly is not as the cdk command line writes it: {error!a}; allowed: what `make synth` made"


def _manifest(assembly: Path) -> Iterator[str]:
    document = _read(assembly / "manifest.json")
    yield from _only("manifest.json", document, _MANIFEST)
    for name, artifact in document["artifacts"].items():
        yield from _artifact(f"manifest.json, artifact {name!a}", artifact, assembly)
    named = {artifact.get("properties", {}).get("file") for artifact in document["artifacts"].values()}
    for path in sorted(assembly.glob("*.assets.json")):
        if path.name not in named:
            yield f"{path.name!a} is not named in manifest.json; allowed: the asset manifests of its stacks"


def _artifact(place: str, artifact: dict[str, Any], assembly: Path) -> Iterator[str]:
    kind = artifact["type"]
    if kind not in _ARTIFACTS:
        yield f"{place}: {kind!a} is not allowed; allowed: {', '.join(_ARTIFACTS)}"
        return
    yield from _metadata(place, artifact.get("metadata", {}))
    if file := artifact.get("additionalMetadataFile"):
        yield from _inside(place, assembly, file, ".metadata.json")
    if where := _ARTIFACTS[kind]:
        key, end = where
        yield from _inside(place, assembly, artifact["properties"][key], end)


def _assets(assembly: Path, file: str) -> Iterator[str]:
    document = _read(assembly / file)
    yield from _only(file, document, _ASSETS)
    for name in document.get("dockerImages", {}):
        yield f"{file}: {name!a} is a Docker image, which is built by running it; allowed: files"
    for name, asset in document.get("files", {}).items():
        place = f"{file}, asset {name!a}"
        yield from _only(place, asset, _ASSET)
        yield from _only(f"{place}, source", asset["source"], _SOURCE)
        yield from _inside(place, assembly, asset["source"].get("path"))


def _metadata(place: str, entries: dict[str, Any]) -> Iterator[str]:
    for path, found in entries.items():
        if any(entry["type"] == _LEGACY_ASSET for entry in found):
            yield f"{place}: {path!a} declares an asset in its metadata; allowed: assets in asset manifests"


def _inside(place: str, assembly: Path, file: object, end: str = "") -> Iterator[str]:
    """A plain name: a path could lead to any file of the machine, which would be uploaded."""
    fine = isinstance(file, str) and _NAMES.fullmatch(file) and file.endswith(end) and (assembly / file).exists()
    if not fine:
        yield f"{place}: {file!a} is not a file of the assembly; allowed: names of what lies in it{end and f', …{end}'}"


def _only(place: str, document: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    for key in document:
        if key not in allowed:
            yield f"{place}: {key!a} is not allowed; allowed: {', '.join(allowed)}"


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
