"""Files as somebody reviewed them, and what differs from them now."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

_SHOWN = 40
"""Lines of one file's difference: the whole of it is in `git diff`, once accepted."""


@dataclass(frozen=True)
class Reviewed:
    """`UPDATE_SNAPSHOTS=1` in the environment accepts what there is: it rewrites the folder."""

    folder: Path
    """All of whose files belong to it, at any depth."""
    accept: str
    """The command that accepts, as its message says it, such as `UPDATE_SNAPSHOTS=1 make yours`."""

    def assert_same(self, files: Mapping[str, str]) -> None:
        """Hold `files` (text by name, relative to the folder) to those in the folder.

        Raises:
            AssertionError: with what is new, gone or different, and how to accept it.
        """
        __tracebackhide__ = True
        if os.environ.get("UPDATE_SNAPSHOTS"):
            self._write(files)
        if found := list(self._differences(files)):
            raise AssertionError(
                f"{len(found)} file(s) in {self.folder} are not as reviewed. Review what differs; if it is what you "
                f"mean, accept it with\n\n    {self.accept}\n\nand commit the folder.\n\n" + "\n".join(found)
            )

    def _there(self) -> dict[str, Path]:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path for path in paths}

    def _write(self, files: Mapping[str, str]) -> None:
        for path in [path for name, path in self._there().items() if name not in files]:
            path.unlink()
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")

    def _differences(self, files: Mapping[str, str]) -> Iterator[str]:
        there = self._there()
        for name in sorted(there.keys() | files.keys()):
            if name not in there:
                yield f"{name}: new, nobody has reviewed it"
            elif name not in files:
                yield f"{name}: stale, the app makes no such file any more"
            elif (reviewed := there[name].read_text(encoding="utf-8")) != files[name]:
                yield f"{name}: differs\n" + "\n".join(_shown(reviewed, files[name]))


def _shown(reviewed: str, now: str) -> Iterator[str]:
    lines = [*unified_diff(reviewed.splitlines(), now.splitlines(), "reviewed", "now", n=2, lineterm="")]
    yield from (f"    {line}" for line in lines[:_SHOWN])
    if more := len(lines[_SHOWN:]):
        yield f"    … and {more} lines more"
