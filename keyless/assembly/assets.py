"""STACK.assets.json: files of the assembly that go into the environment's bucket under their own digest, and nothing
that has to be made."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from keyless.assembly.documents import sha256
from keyless.assembly.forms import Form, anything, exactly, mapping, record, shown, text
from keyless.assembly.manifest import TEXT, VERSION
from keyless.assembly.target import Target

_DIGEST: Final = text("[0-9a-f]{64}", "a SHA-256")
_DESTINATION: Final = text(r"[a-z0-9_-]{1,100}", "a destination's name, as current_account-eu-west-1-0123abcd")
_TEMPLATE: Final = r"[A-Za-z0-9-]+\.template\.json"
_NESTED: Final = r"[A-Za-z0-9-]+\.nested\.template\.json"


def asset_problems(file: str, document: Any, assembly: Path, target: Target) -> Iterator[str]:
    images = mapping(_no_image, anything)
    yield from record({"version": VERSION}, {"files": mapping(_DIGEST, anything), "dockerImages": images})(
        file, document
    )
    files = document.get("files") if isinstance(document, dict) else None
    for name, asset in files.items() if isinstance(files, dict) else ():
        yield from _asset(name, asset, assembly, target)(f"{file}, asset {name[:64]!a}", asset)


def sources(document: Any) -> Iterator[str]:
    """The files that it takes, of a document of any shape."""
    files = document.get("files") if isinstance(document, dict) else None
    for asset in files.values() if isinstance(files, dict) else ():
        if isinstance(path := _source(asset).get("path"), str):
            yield path


def _source(asset: object) -> dict[str, Any]:
    source = asset.get("source") if isinstance(asset, dict) else None
    return source if isinstance(source, dict) else {}


def _no_image(place: str, name: object) -> Iterator[str]:
    yield f"{place}: {shown(name)} is a Docker image, which is built by running it; allowed: files"


def _asset(name: str, asset: object, assembly: Path, target: Target) -> Form:
    source = _source(asset)
    kind = ".zip" if source.get("packaging") == "zip" else PurePosixPath(str(source.get("path"))).suffix
    destination = record(
        {
            "bucketName": exactly(target.bucket),
            "objectKey": exactly(f"{name}{kind}"),
            "assumeRoleArn": exactly(target.role("file-publishing")),
        },
        {"region": exactly(target.region)},
    )
    return record(
        {
            "source": record({"path": _inside(assembly, name), "packaging": exactly("zip", "file")}),
            "destinations": mapping(_DESTINATION, destination),
        },
        {"displayName": TEXT},
    )


def _inside(assembly: Path, name: str) -> Form:
    """A plain name: a path could lead to any file of the machine, which would be uploaded."""

    def problems(place: str, file: object) -> Iterator[str]:
        if not (isinstance(file, str) and _named(file, name) and (assembly / file).exists()):
            own = f"asset.{name[:64]}"
            yield f"{place}: {shown(file)} is not a file of the assembly; allowed: {own!a}, or a template in it"
        elif re.fullmatch(_TEMPLATE, file) and sha256(assembly / file) != name:
            yield f"{place}: {shown(file)} has another digest; allowed: the template that the asset is named after"

    return problems


def _named(file: str, name: str) -> bool:
    own = rf"asset\.{re.escape(name)}(\.[A-Za-z0-9]+)?"
    return any(re.fullmatch(pattern, file) for pattern in (own, _TEMPLATE, _NESTED))
