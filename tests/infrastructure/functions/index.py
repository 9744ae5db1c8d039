"""A package index in a folder, with wheels made by hand, so that no test needs a network."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

WHEEL = "thing-1.0-py3-none-any.whl"
_METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "thing.py,,\nthing-1.0.dist-info/METADATA,,\nthing-1.0.dist-info/WHEEL,,\nthing-1.0.dist-info/RECORD,,\n",
}


@dataclass(frozen=True)
class Index:
    """Serves `thing` 1.0, whose module has the text `source`."""

    folder: Path
    source: str

    def __post_init__(self) -> None:
        self.wheels.mkdir(parents=True)
        with zipfile.ZipFile(self.wheels / WHEEL, "w") as wheel:
            wheel.writestr("thing.py", self.source)
            for name, text in _METADATA.items():
                wheel.writestr(f"thing-1.0.dist-info/{name}", text)
        (self.wheels / "index.html").write_text(f'<!DOCTYPE html><a href="{WHEEL}">{WHEEL}</a>')

    @property
    def wheels(self) -> Path:
        return self.folder / "thing"

    @property
    def url(self) -> str:
        return self.folder.as_uri()

    @property
    def requirement(self) -> str:
        """The line of a requirements file that allows this wheel and no other."""
        return f"thing==1.0 --hash=sha256:{hashlib.sha256((self.wheels / WHEEL).read_bytes()).hexdigest()}\n"
