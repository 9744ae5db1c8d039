"""Keeps a test's changes to what the whole process shares out of the next one, whoever made them: a test that leaves
some behind is the one that fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PYTESTS_OWN = "PYTEST_CURRENT_TEST"


class LeftBehindError(Exception):
    """Environment variables, by name (their values may be secrets), or the working folder, not put back."""


@contextmanager
def none_allowed() -> Iterator[None]:
    """The environment and the working folder are put back in any case.

    Raises:
        LeftBehindError: at the end, if they weren't as before.
    """
    before, folder = _environment(), Path.cwd()
    left: list[str] = []
    try:
        yield
    finally:
        left += [*_put_back(before), *_go_back(folder)]
    if left:
        raise LeftBehindError(
            f"not put back: {', '.join(left)}; allowed: pytest's monkeypatch, each undone before the one around it"
        )


def _put_back(before: dict[str, str]) -> list[str]:
    """The names of those that were otherwise."""
    after = _environment()
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    for name in changed:
        os.environ.pop(name, None)
    os.environ.update({name: before[name] for name in changed if name in before})
    return changed


def _go_back(folder: Path) -> list[str]:
    now = Path.cwd()
    os.chdir(folder)
    return [f"the folder {now}"] if now != folder else []


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _PYTESTS_OWN}
