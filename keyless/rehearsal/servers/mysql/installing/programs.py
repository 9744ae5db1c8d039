"""The unpacked programs of one suite, run by the suite's own loader and libraries: the machine's don't matter."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.servers.mysql.errors import ServerError


@dataclass(frozen=True)
class Programs:
    """What is unpacked in `root`."""

    root: Path

    def command(self, program: str, *arguments: str | Path) -> list[str | Path]:
        """`program` is a path below the root, such as `usr/sbin/mysqld`."""
        libraries = ":".join(str(path) for path in self._libraries())
        return [self._one("ld-linux*.so.*"), "--library-path", libraries, self.root / program, *arguments]

    def folder(self, *names: str) -> Path:
        """The first of these folders that there is; packages move them between versions."""
        for name in names:
            if (self.root / name).is_dir():
                return self.root / name
        raise ServerError(f"{self.root} has none of {', '.join(names)}; remove it, and it is unpacked anew")

    def plugin(self, name: str) -> Path:
        """The folder of the client's plugin of that name."""
        return self._one(f"{name}.so").parent

    def linked(self, target: Path) -> "Programs":
        """The same programs in a new folder, for a user who can't enter this one. Links, where they can be made."""
        shutil.copytree(self.root, target, symlinks=True, copy_function=_link)
        return Programs(target)

    def _libraries(self) -> Iterator[Path]:
        libc = self._one("libc.so.6").parent.name
        yield from (self.root / parent / libc for parent in ("usr/lib", "lib"))
        yield from (self.root / "usr/lib/mysql/private", self.root / "usr/lib/mysql")

    def _one(self, pattern: str) -> Path:
        found = next(self.root.rglob(pattern), None)
        if found is None:
            raise ServerError(f"{self.root} has no {pattern}; remove it, and it is unpacked anew")
        return found


def _link(source: str, target: str) -> None:
    try:
        Path(target).hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
