"""Starts and ends the emulator's process. Does not know what is requested of it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from keyless.rehearsal.emulator.control.client import Channel, CloudError
from keyless.rehearsal.os_user import ServerUser

START_TIMEOUT = 60.0
"""Seconds a start may take; about 3 is usual."""
_FUNCTIONS_END = 100
"""Hundredths of a second given to killed functions."""


class CloudProcess:
    """One running cloud: ministack, its functions, its folder. `close` leaves nothing behind."""

    def __init__(self, account: str, region: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="keyless-cloud-"))
        self.user = ServerUser.choose()
        """Runs ministack and the functions: for root `nobody`, where that can."""
        try:
            self._hand_over()
            with _listening() as listener:
                self.port: int = listener.getsockname()[1]
                self.channel, self._process = self._spawn(listener, account, region)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        try:
            self._wait_until_healthy()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the whole process group and remove its folder."""
        group = self._process.pid
        with contextlib.suppress(ProcessLookupError):  # raised when the group is empty
            os.killpg(group, signal.SIGKILL)
            self._process.wait()
            for _ in range(_FUNCTIONS_END):  # functions are not our children: nothing to wait for but their absence
                os.killpg(group, 0)
                if _dead(group):
                    break
                time.sleep(0.01)
        self._process.wait()
        self.channel.close()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_tail(self, lines: int = 15) -> str:
        if self._log.closed:
            return "Its log is gone."
        descriptor = self._log.fileno()
        text = os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")
        return "Its log ends:\n" + "\n".join(text.splitlines()[-lines:])

    def _hand_over(self) -> None:
        """The folder to the user, or everything to the current one."""
        (self.folder / "tmp").mkdir(mode=0o700)
        self.user.own(self.folder)
        if self.user.uid is None:  # this very Python runs as the user; asking takes a third of a second
            return
        python, node = [sys.executable, "-c", "import ministack, keyless.rehearsal.emulator.iam"], ["node", "--version"]
        if not (self.user.can_run(python, cwd=self.folder) and self.user.can_run(node, cwd=self.folder)):
            ServerUser(os.geteuid(), os.getegid()).own(self.folder)
            self.user = ServerUser()

    def _spawn(self, listener: socket.socket, account: str, region: str) -> tuple[Channel, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair()
        self._log = (self.folder / "ministack.log").open("xb+")  # kept: its name is the other user's to move
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "keyless.rehearsal.emulator.host", str(listener.fileno()), str(self.folder)],
                cwd=self.folder,
                env=self._environment(account, region),
                stdin=theirs.fileno(),
                stdout=self._log,
                stderr=self._log,
                user=self.user.uid,
                group=self.user.gid,
                extra_groups=self.user.groups,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        return Channel(ours, self.log_tail), process

    def _environment(self, account: str, region: str) -> dict[str, str]:
        """Nothing of the operator's environment but PATH: every function inherits this."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": account,
            "MINISTACK_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "0",
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "LAMBDA_EXECUTOR": "local",
        }

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise CloudError(f"the rehearsal's cloud ended while starting. {self.log_tail()}")
            if self._healthy(deadline - time.monotonic()):
                return
            time.sleep(0.1)
        raise CloudError(f"the rehearsal's cloud did not start within {START_TIMEOUT:.0f} seconds. {self.log_tail()}")

    def _healthy(self, timeout: float) -> bool:
        """The port is ours from the start, so a connection waits there until ministack serves it: with a refusal, since
        nobody has signed."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=min(1.0, max(0.1, timeout))):
                return False
        except urllib.error.HTTPError as refusal:
            return refusal.code == 403
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


def _dead(group: int) -> bool:
    """Whether the process group has only dead processes, which stay where no init process collects them (Linux)."""
    found = [_state(stat) for stat in Path("/proc").glob("[0-9]*/stat")]
    return bool(found) and all(state == "Z" for state, number in found if number == group)


def _state(stat: Path) -> tuple[str, int]:
    """State and process group (proc(5)); of a process that is gone, nobody's."""
    try:
        state, _, group, *_ = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "X", 0
    return state, int(group)


def _listening() -> socket.socket:
    """A listening socket on a free loopback port: handed over open, so no one else can take the port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener
