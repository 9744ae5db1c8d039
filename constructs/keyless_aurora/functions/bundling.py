"""Build a folder of Python code and its requirements for Lambda: with pip alone, no Docker, no compiler.

The asset's hash comes from the folder, its requirements and the platform. The requirements have the hash of each file
that may be installed, so another content is another hash, and the same sources give the same one.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import jsii
from aws_cdk import AssetHashType, BundlingOptions, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from keyless_aurora.functions import pip
from keyless_aurora.functions.lock_file import NotLockedError
from keyless_aurora.functions.platform import RUNTIME, LambdaPlatform

# Importing the code at synth must not change its hash, nor may a linter's cache.
_NOT_SOURCE = ("__pycache__", "*.pyc", ".*_cache")

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
    """`root/package` and the packages of `root/requirements.txt`, which has their hashes, under `prefix`."""

    root: Path
    package: str
    prefix: str = ""

    def code(self, platform: LambdaPlatform) -> lambda_.Code:
        """The asset for `platform`. Built only when a stack that uses it is synthesized for deployment."""
        return lambda_.Code.from_asset(
            str(self.root),
            exclude=[f"**/{name}" for name in _NOT_SOURCE] + ["requirements.in"],
            asset_hash_type=AssetHashType.SOURCE,
            # The hash covers this command's text and not the local bundler, hence the platform in it.
            bundling=BundlingOptions(
                image=RUNTIME.bundling_image,
                local=_Pip(self, platform),
                command=["pip", platform.name, self.package, self.prefix],
            ),
        )

    def build(self, platform: LambdaPlatform, into: Path) -> None:
        """Write the bundle to the folder `into`.

        Raises:
            BundlingError: when the requirements aren't locked, when pip fails, with its reason, or when something
                is there already.
        """
        _close(into)
        target = into / self.prefix
        _install(self.root / "requirements.txt", platform, target)
        shutil.copytree(self.root / self.package, target / self.package, ignore=shutil.ignore_patterns(*_NOT_SOURCE))
        _settle_modes(into)


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
        pip.install(requirements, platform.pip_options, target)
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
