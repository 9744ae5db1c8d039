"""What packages bring into a bundle and nothing in it uses."""

import shutil
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from keyless_aurora.functions.platform import LambdaPlatform


@dataclass(frozen=True)
class Unneeded:
    """Files and folders, and why nothing misses them."""

    pattern: str
    """As `Path.glob` has it, from the folder of the packages."""
    why: str
    since: tuple[int, int] = (3, 0)
    """The first Python that doesn't need it."""

    def remove(self, packages: Path, platform: LambdaPlatform) -> None:
        """Take it out of the folder `packages`, compiled or not."""
        if platform.python < self.since:
            return
        for path in sorted(packages.glob(self.pattern)):
            if path.is_dir():
                shutil.rmtree(path)
                continue
            path.unlink()
            if path.suffix == ".py":
                Path(cache_from_source(str(path), optimization="")).unlink(missing_ok=True)
