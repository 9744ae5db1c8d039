"""Build a folder of Python code and its requirements for Lambda: with pip alone, no Docker, no compiler.

The asset's hash comes from the folder, its requirements and the platform. The requirements have the hash of each file
that may be installed, so another content is another hash, and the same sources give the same one.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import jsii
from aws_cdk import AssetHashType, BundlingOptions, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from keyless_aurora.functions import compiled, packages, pip
from keyless_aurora.functions.lock_file import NotLockedError
from keyless_aurora.functions.platform import RUNTIME, LambdaPlatform
from keyless_aurora.functions.source import REHEARSAL
from keyless_aurora.functions.stale_lock import stale
from keyless_aurora.functions.unneeded import Unneeded

# Importing the code at synth must not change its hash, nor may a linter's cache.
_NOT_SOURCE = ("__pycache__", "*.pyc", ".*_cache")
_FOR_PEOPLE = ("requirements.in", REHEARSAL)
"""At the top of a source: for whoever works on it, and nothing to the function."""

_BEGIN = "can't install "


class BundlingError(Exception):
    """A bundle can't be built: can't install FILE for PLATFORM: which lines, or pip's message."""

    @classmethod
    def behind(cls, error: RuntimeError) -> Self | None:
        """The error that a bundle raised under the CDK, which reports it as the end of a message of its own."""
        _, begin, reason = str(error).partition(_BEGIN)
        return cls(begin + reason.strip()) if begin else None


@dataclass(frozen=True)
class PythonBundle:
    """What is in `source`, as `package`, beside the packages of its requirements.txt, which has their hashes."""

    source: Path
    package: str = ""
    """The folder that the code goes to; empty: to the top, as a function's own module does."""
    prefix: str = ""
    """What both stand under: a layer's is `python`."""
    unneeded: tuple[Unneeded, ...] = ()
    """What its packages bring and nothing in it uses."""
    also: tuple[str, ...] = ()
    """Folders of the source whose requirements are installed, too: a driver's, say, that not every bundle needs."""

    def problems(self) -> list[str]:
        """Why it can't be built, as far as its files say: a sentence each. No cache keeps one from being noticed."""
        if not self.source.is_dir():
            return [f"{_BEGIN}{shown(self.source)}: there is no such folder; allowed: the one that the code is in"]
        return [problem for folder in self._locked() for problem in _unlocked(folder)]

    def _locked(self) -> list[Path]:
        """The folders that have requirements."""
        return [self.source, *(self.source / name for name in self.also)]

    def code(self, platform: LambdaPlatform) -> lambda_.Code:
        """The asset for `platform`. Built only when a stack that uses it is synthesized for deployment.

        Raises:
            BundlingError: with each of `problems`, whether it is built now, later or never.
        """
        refuse(self.problems())
        return lambda_.Code.from_asset(
            str(self.source),
            exclude=[*(f"**/{name}" for name in _NOT_SOURCE), *_FOR_PEOPLE],
            asset_hash_type=AssetHashType.SOURCE,
            # The hash covers this command's text and not the local bundler, hence the platform in it.
            bundling=BundlingOptions(
                image=RUNTIME.bundling_image,
                local=_Pip(self, platform),
                command=["pip", platform.name, self.package, self.prefix, *self._options(platform)],
            ),
        )

    def build(self, platform: LambdaPlatform, into: Path) -> None:
        """Write the bundle to the folder `into`.

        Raises:
            BundlingError: with each of `problems`; when the requirements aren't locked, when pip fails, with its
                reason, or when something is there already.
        """
        refuse(self.problems())
        _close(into)
        target = into / self.prefix
        for folder in self._locked():
            if (requirements := folder / "requirements.txt").exists():
                _install(requirements, platform, target)
        for part in self.unneeded:
            part.remove(target, platform)
        compiled.add(self._copy(target / self.package), target, platform)
        _settle_modes(into)

    def _options(self, platform: LambdaPlatform) -> list[str]:
        """What else makes another bundle of the same sources."""
        extras = [*(part.pattern for part in self.unneeded), *(f"with {folder}" for folder in self.also)]
        return [*(["compiled"] if platform.is_ours else []), *extras]

    def _copy(self, target: Path) -> list[Path]:
        """The code's files, in the bundle."""
        copied: list[Path] = []

        def copy(source: str, to: str) -> None:
            copied.append(Path(shutil.copy2(source, to)))

        shutil.copytree(self.source, target, ignore=self._ignored, copy_function=copy, dirs_exist_ok=True)
        return copied

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        """A package's data may have any name; at the top these are ours."""
        ignored = shutil.ignore_patterns(*_NOT_SOURCE, "requirements.in", "requirements.txt")(folder, names)
        return ignored | ({REHEARSAL} if Path(folder) == self.source else set())


def _unlocked(folder: Path) -> list[str]:
    """What of the folder's requirements no lock has."""
    file = folder / "requirements.in"
    try:
        missing = ", ".join(stale(folder))
    except NotLockedError as error:
        return [f"{_BEGIN}{shown(file)}: {error}"]
    lock = "doesn't" if file.with_suffix(".txt").is_file() else "isn't there"
    wrong = f"{shown(file)}: it names {missing}, and the requirements.txt beside it {lock}; `make lock` writes it"
    return [_BEGIN + wrong] if missing else []


def refuse(problems: Iterable[str]) -> None:
    """Raises BundlingError if there are any."""
    if said := "\n".join(problems):
        raise BundlingError(said)


def shown(path: Path) -> str:
    """As seen from the current folder, if it is below."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


@jsii.implements(ILocalBundling)
class _Pip:
    """What the CDK calls to build the asset. It returns True always: there is no Docker to fall back to."""

    def __init__(self, bundle: PythonBundle, platform: LambdaPlatform) -> None:
        self._bundle, self._platform = bundle, platform

    def try_bundle(self, output_dir: str, _options: object = None, **_: object) -> bool:
        self._bundle.build(self._platform, Path(output_dir))
        return True


def _install(requirements: Path, platform: LambdaPlatform, target: Path) -> None:
    failed = f"{_BEGIN}{requirements} for {platform.name}"
    try:
        packages.install(requirements, platform, target)
    except NotLockedError as error:
        raise BundlingError(f"{failed}:\n{error}") from error
    except pip.PipError as error:
        raise BundlingError(f"{failed}; pip says:\n{error}") from error


def _close(folder: Path) -> None:
    """Let nobody else in while the bundle is built: the CDK has opened the folder to all, for a container's user."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if strangers := sorted(path.name for path in folder.iterdir()):
        raise BundlingError(f"{_BEGIN}a bundle into {folder}: somebody has put {', '.join(strangers)} there")


def _settle_modes(folder: Path) -> None:
    """Everybody may read, which Lambda's user must, and only the owner may write, whatever the umask and the sources'
    modes."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
