"""Reads access specs from git, as data: nothing of a commit is checked out or followed."""

import subprocess
from pathlib import Path


class CommitError(Exception):
    """A commit can't be read from git."""


def file_in_commit(option: str, ref: str, path: Path, folder: Path) -> Path | None:
    """A copy, in `folder`, of the file `path` as it was in the commit `ref`; None if that commit doesn't have it.

    Raises:
        CommitError: when `ref`, which `option` names, is not a commit of this repository.
    """
    if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").returncode:
        raise CommitError(
            f"{option}: {ref!r} is not a commit of this repository; allowed: one that `git fetch` has fetched"
        )
    shown = _git("show", "--end-of-options", f"{ref}:./{path.as_posix()}")
    if shown.returncode:
        return None
    copy = folder / path.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(shown.stdout)
    return copy


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *arguments], capture_output=True, check=False)
