"""The operating system user of the rehearsal's servers and functions, and the end of a server's process.

PostgreSQL refuses to run as root, and code that is rehearsed shouldn't: root's servers and functions run as `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_UNPRIVILEGED = "nobody"
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class ServerUser:
    """`uid` and `gid` are None when processes simply run as the current user."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def choose(cls) -> "ServerUser":
        """The current user, or `nobody` when that is root."""
        if os.geteuid() != 0:
            return cls()
        entry = pwd.getpwnam(_UNPRIVILEGED)
        return cls(entry.pw_uid, entry.pw_gid)

    def own(self, path: Path) -> None:
        """Give the file, or the folder with all that is in it, to this user."""
        if self.uid is None or self.gid is None:
            return
        for entry in (path, *(path.rglob("*") if path.is_dir() else ())):
            os.chown(entry, self.uid, self.gid, follow_symlinks=False)

    def write(self, path: Path, content: bytes) -> None:
        """A new file of this user's that nobody else reads. In a folder of another user's nothing there is followed."""
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if self.uid is not None and self.gid is not None:
                os.fchown(file.fileno(), self.uid, self.gid)
            file.write(content)

    def can_run(self, command: Sequence[str | Path], *, cwd: Path) -> bool:
        """Whether this user can: a checkout under a home folder of mode 0700 is closed to `nobody`."""
        try:
            self.run(command, cwd=cwd)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def copy(self, binaries: Path, folder: Path) -> Path:
        """The same binaries in a copy of their installation that this user owns."""
        installation = shutil.copytree(binaries.parent, folder / "installation", symlinks=True)
        self.own(installation)
        return installation / binaries.name

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, given: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run to the end, with `given` on standard input. Raises subprocess.CalledProcessError, with both outputs, and
        PermissionError."""
        return subprocess.run(
            command,
            cwd=cwd,
            env=_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
            input=given or "",
            capture_output=True,
            text=True,
            check=True,
        )

    def spawn(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        log: IO[bytes],
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Start in a session of its own: a Ctrl-C in the terminal reaches only the parent, which then stops it. With
        our environment, or the one that is given."""
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=_environment() if environment is None else environment,
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @property
    def groups(self) -> list[int] | None:
        """The supplementary groups: none of root's."""
        return None if self.uid is None else []


def end(process: "subprocess.Popen[bytes]") -> None:
    """Fast shutdown, then immediate, then by force: backends of a killed postmaster end by themselves."""
    try:
        for request in (signal.SIGINT, signal.SIGQUIT):
            process.send_signal(request)
            try:
                process.wait(_STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Ours without PGDATA, PGPORT and the like, which would redirect the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}
