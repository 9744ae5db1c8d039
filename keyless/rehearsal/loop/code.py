"""Changed code of a deployed function, taken into it without a deploy."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, Self

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.stage.running import Stage

_COMPILED: Final = "__pycache__"
_NOT_CODE: Final = (_COMPILED, "*.pyc", ".*")
_FOR_PEOPLE: Final = ("requirements.in", "requirements.txt", "rehearsal.yaml")
_LOCKED: Final = "requirements.txt"


@dataclass
class Source:
    """A function's folder, and what of it is deployed."""

    client: Client
    folder: Path
    bundle: Path
    """As it was deployed: its requirements are taken from there."""
    deployed: Mapping[str, bytes]
    """Content by name."""
    locked: str
    """The digest of its requirements."""

    @classmethod
    def of(cls, stage: Stage, client: Client) -> Self | None:
        """None where the template doesn't say where the code is."""
        folder, bundle = stage.app.path / client.source, stage.assembly / client.asset
        if not client.source or not client.asset or not folder.is_dir():
            return None
        return cls(client, folder, bundle, _files(folder), _locked(folder))

    def changed(self) -> Mapping[str, bytes] | None:
        """The code as it is now, when that isn't what is deployed."""
        now = _files(self.folder)
        return None if now == self.deployed else now

    def archive(self, code: Mapping[str, bytes]) -> bytes:
        """The bundle with this code in place of what is deployed."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.bundle.rglob("*")):
                name = path.relative_to(self.bundle).as_posix()
                if path.is_file() and _module(name) not in self.deployed and _module(name) not in code:
                    archive.write(path, name)
            for name, content in code.items():
                archive.writestr(name, content)
        return packed.getvalue()


class Sources:
    """Of all functions that say where their code is."""

    def __init__(self, stage: Stage) -> None:
        found = (Source.of(stage, client) for client in stage.deployed.clients)
        self._lambda = stage.cloud.client("lambda")
        self.all = [source for source in found if source]

    def take(self) -> Iterator[str]:
        """Take what has changed since the last time; a sentence for each function with something new."""
        for source in (
            each for each in self.all if each.folder.is_dir()
        ):  # of one that is gone, what is deployed runs on
            if (now := _locked(source.folder)) != source.locked:
                source.locked = now
                yield f"{source.client.name}: its {_LOCKED} has changed, which takes a new rehearsal"
            if (code := source.changed()) is not None:
                self._lambda.update_function_code(
                    FunctionName=source.client.function.name, ZipFile=source.archive(code)
                )
                source.deployed = code
                yield f"{source.client.name}: runs the code as it is now"


def _files(folder: Path) -> dict[str, bytes]:
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.as_posix(): (folder / path).read_bytes()
        for path in found
        if path.as_posix() not in _FOR_PEOPLE
        and not any(fnmatch(part, pattern) for part in path.parts for pattern in _NOT_CODE)
    }


def _module(name: str) -> str:
    """Of a compiled file, which Python would take without looking at the module; any other name as it is."""
    path = PurePosixPath(name)
    if path.parent.name != _COMPILED:
        return name
    return str(path.parent.parent / f"{path.name.partition('.')[0]}.py")


def _locked(folder: Path) -> str:
    file = folder / _LOCKED
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
