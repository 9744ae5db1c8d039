"""Reads the base's access spec from git."""

import subprocess
from pathlib import Path


class BaseError(Exception):
    """The base can't be read from git."""


def file_in_commit(ref: str, path: Path, folder: Path) -> Path | None:
    """A copy, in `folder`, of the file `path` as it was in the commit `ref`; None if that commit doesn't have it.

    Raises:
        BaseError: when `ref` is not a commit of this repository.
    """
    if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").returncode:
        raise BaseError(
            f"--base: {ref!r} is not a commit of this repository; allowed: one that `git fetch` has fetched"
        )
    shown = _git("show", "--end-of-options", f"{ref}:./{path.as_posix()}")
    if shown.returncode:
        return None
    copy = folder / path.name
    copy.write_bytes(shown.stdout)
    return copy


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *arguments], capture_output=True, check=False)
