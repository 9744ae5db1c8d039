"""The folder of the app that is rehearsed: where its cdk.json is. The command lines are installed there or above."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_APP: Final = "cdk.json"


class AppError(Exception):
    """There is no app to rehearse, or what it is rehearsed with is not installed. Says where it was looked for."""


@dataclass(frozen=True)
class AppFolder:
    path: Path
    """Absolute."""

    @classmethod
    def find(cls, start: Path) -> Self:
        """The nearest folder with a cdk.json, from `start` upwards. Raises AppError."""
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / _APP).is_file():
                return cls(folder)
        raise AppError(
            f"no app in {start.resolve()}: neither it nor a folder above has a cdk.json; allowed: the folder of a CDK "
            "app as the current one, or --app DIR"
        )

    def tool(self, name: str) -> Path:
        """A command line of the app's node_modules, or of one above. Raises AppError."""
        for folder in (self.path, *self.path.parents):
            if (found := folder / "node_modules" / ".bin" / name).exists():
                return found
        raise AppError(
            f"{name} is not installed in {self.path / 'node_modules'} or above; allowed: `npm ci` in the app's folder "
            "(or `make setup`), with aws-cdk and aws-cdk-local in its package.json"
        )
