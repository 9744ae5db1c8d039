"""The packages of a bundle, installed. Those for this machine, which a rehearsal runs, are kept between runs.

They are found by all that they come from. A function's own code isn't among them: that is copied each time.
"""

import io
import platform as machine
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

from keyless_aurora import kept
from keyless_aurora.functions import compiled, pip
from keyless_aurora.functions.lock_file import locked
from keyless_aurora.functions.platform import LambdaPlatform


def install(requirements: Path, platform: LambdaPlatform, target: Path) -> None:
    """Install what `requirements` locks into the folder `target`, which has nothing in it yet.

    Raises:
        NotLockedError, PipError: as `pip.install` does.
    """
    if not platform.kept:
        _install(requirements, platform, target)
        return
    key = _key(requirements, platform)
    if packed := kept.take(key):
        _unpack(packed, target)
        return
    _install(requirements, platform, target)
    if _key(requirements, platform) == key:  # somebody may have edited the file while pip ran
        kept.keep(key, _packed(target))


def _install(requirements: Path, platform: LambdaPlatform, target: Path) -> None:
    pip.install(requirements, platform.pip_options, target)
    compiled.add(target.rglob("*.py"), target, platform)


def _key(requirements: Path, platform: LambdaPlatform) -> str:
    by = (sys.executable, sys.version, machine.platform(), version("pip"))
    return kept.key("compiled-packages", locked(requirements), platform.name, *platform.pip_options, *by)


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()


def _unpack(packed: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for member in archive.infolist():
            Path(archive.extract(member, folder)).chmod(member.external_attr >> 16 & 0o777)
