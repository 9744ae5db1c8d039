"""The library as a user gets it: one wheel, installed in an environment of its own, outside the checkout."""

import shutil
import site
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infrastructure.support import ROOT

PACKAGES = ("keyless_aurora", "keyless_checks", "db_access", "keyless_client", "keyless_probe", "keyless")
"""What an installed wheel adds to the names that Python can import."""


def built(into: Path, root: Path = ROOT) -> Path:
    """The wheel, as `make dist` builds it."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(into)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = into.glob("*.whl")
    return wheel


def copied_sources(into: Path) -> Path:
    """What the wheel is made of, to break it."""
    roots = ("keyless", "keyless_checks", "constructs", "bootstrap_lambda", "client", "scripts")
    for folder in roots:
        shutil.copytree(ROOT / folder, into / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / file, into)
    return into


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel. Its dependencies are those of the one that runs the tests; nothing of the
    checkout is on its path."""

    python: Path

    def run(
        self, *arguments: str, cwd: Path, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        path = f"{self.python.parent}:/usr/local/bin:/usr/bin:/bin"
        return subprocess.run(
            [str(self.python), *arguments],
            cwd=cwd,
            env={"PATH": path, "HOME": str(cwd), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )


def installed(wheel: Path, into: Path) -> Installed:
    venv.create(into, with_pip=False, symlinks=True)
    made = Installed(into / "bin" / "python")
    (packages,) = (into / "lib").glob("python*/site-packages")
    # A folder that a .pth file names is searched, but its own .pth files aren't read: the checkout stays out.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    pip = ["-m", "pip", "--python", str(made.python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, *pip, str(wheel)], check=True)
    return made


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def library(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(wheel, tmp_path_factory.mktemp("library") / "venv")
