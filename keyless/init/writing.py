"""Writes an app's folder: all of it, or nothing."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from keyless.init.answers import InitError

_SHOWN = 10
_REPOSITORY = ".git"
"""May be in the folder: a clone of an empty repository is nearly an empty folder."""
_ALLOWED = "allowed: a new or an empty folder"


def refuse_occupied(folder: Path) -> None:
    """Raises InitError, with what is there, unless nothing is, or when nobody can tell."""
    try:
        if folder.is_symlink():
            raise InitError(f"{folder} is a link; {_ALLOWED} itself")
        file = next((each for each in (folder, *folder.parents) if each.exists() and not each.is_dir()), None)
        if file is not None:
            raise InitError(f"{file} is there already, and is not a folder; {_ALLOWED}")
        there = sorted({path.name for path in folder.iterdir()} - {_REPOSITORY}) if folder.exists() else []
    except OSError as error:
        raise InitError(f"{folder} can't be an app's folder: {error.strerror}; allowed: another name") from error
    if there:
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        raise InitError(f"{folder} is not empty: it has {', '.join(there[:_SHOWN])}{more}; {_ALLOWED}")


def repository(folder: Path) -> Path | None:
    """The folder of the git repository that `folder` is in."""
    whole = folder.resolve()
    return next((each for each in (whole, *whole.parents) if (each / _REPOSITORY).exists()), None)


def write(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Apart from `folder` first, then in its place.

    Raises:
        InitError: when something is in `folder`, or it can't be written.
    """
    refuse_occupied(folder)
    target = folder.resolve()
    beside = target if target.exists() else target.parent
    try:
        beside.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=beside))
    except OSError as error:
        raise InitError(f"{folder} can't be written: {error.strerror}") from error
    try:
        made.chmod(0o755)
        for path, content in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(content)
        if beside == target:
            _fill(target, made)
        else:
            made.rename(target)  # takes the place of nothing but an empty folder
    except OSError as error:
        raise InitError(f"{folder} can't be written: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _fill(target: Path, made: Path) -> None:
    """What is in `made` goes one up. The folder stays the same one: a shell may stand in it."""
    moved: list[Path] = []
    try:
        for entry in sorted(made.iterdir()):
            moved.append(target / entry.name)
            entry.rename(moved[-1])
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise
