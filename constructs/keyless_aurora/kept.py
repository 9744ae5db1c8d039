"""What costs seconds and comes out the same, kept between runs in the user's own cache.

Never in the app's folder, in which a synth runs: whoever proposes a change could bring a file there, and it would be
believed. Never in CI, whose verdict is the one that counts. What somebody else could have written isn't taken, nor what
isn't as it was kept. Where nothing can be kept, everything is made anew.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NAME: Final = "keyless-aurora"
_MOST: Final = 40
"""Files. Those that weren't used for longest go first."""
CI: Final = (
    "CI",
    "CONTINUOUS_INTEGRATION",
    "APPVEYOR",
    "BITBUCKET_COMMIT",
    "BITRISE_IO",
    "BUDDY_WORKSPACE_ID",
    "BUILDKITE",
    "BUILD_ID",
    "BUILD_NUMBER",
    "CIRCLECI",
    "CIRRUS_CI",
    "CODEBUILD_BUILD_ARN",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "GO_PIPELINE_LABEL",
    "HUDSON_URL",
    "JENKINS_URL",
    "SEMAPHORE",
    "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
    "bamboo_planKey",
)
"""Variables of which any, when it isn't empty, says so: those of the package ci-info that no developer's machine has.
Jenkins, Azure Pipelines, CodeBuild, TeamCity and Bamboo don't set the first."""
_DIGEST: Final = hashlib.sha256().digest_size


def key(kind: str, *parts: str | bytes) -> str:
    """The name of what comes out of these parts, each of which counts, and where it ends."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f"{kind}-{digest.hexdigest()}"


def take(name: str) -> bytes | None:
    """What was kept under this key; nothing where it isn't, or may be another's."""
    folder = _folder()
    if folder is None:
        return None
    try:
        with open(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123 - a descriptor
            found = file.read() if _ours(os.fstat(file.fileno()), stat.S_IFREG) else b""
            os.utime(file.fileno())
    except OSError:
        return None
    digest, content = found[:_DIGEST], found[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(name: str, content: bytes) -> None:
    """Whole or not at all, however many do so at once."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError), _new_file(folder) as path:
        path.write_bytes(hashlib.sha256(content).digest() + content)
        path.replace(folder / name)
        _forget_old(folder)


@contextlib.contextmanager
def _new_file(folder: Path) -> Iterator[Path]:
    """That only its owner may read and write; gone afterwards unless it was moved."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="new-")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _folder() -> Path | None:
    if any(os.environ.get(name) for name in CI):
        return None
    try:
        folder = _cache() / _NAME
        if folder.resolve().is_relative_to(Path.cwd()):
            return None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _ours(folder.lstat(), stat.S_IFDIR) else None
    except (OSError, RuntimeError):  # pathlib's, up to Python 3.12, for a loop of links and for a user without a home
        return None


def _cache() -> Path:
    """XDG Base Directory Specification: a relative path counts as none."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def _ours(found: os.stat_result, kind: int) -> bool:
    """Whether it is of this kind, and nobody but us could have written it."""
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _forget_old(folder: Path) -> None:
    for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[_MOST:]:
        path.unlink(missing_ok=True)
