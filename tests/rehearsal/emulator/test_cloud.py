"""The cloud starts alone, keeps to itself and leaves nothing behind, however it ends."""

import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from keyless.rehearsal.emulator import process
from keyless.rehearsal.emulator.cloud import Cloud, CloudError
from keyless.rehearsal.os_user import ServerUser
from tests.rehearsal.emulator.functions import create_function, create_role, invoke
from tests.rehearsal.waiting import runs, wait_until

ROOT = Path(__file__).resolve().parents[3]
REPORT_ITSELF = (
    "import os\ndef handler(event, context):\n"
    "    return {'pid': os.getpid(), 'session': os.getsid(0), 'uid': os.getuid(), 'groups': os.getgroups()}\n"
)
HOLD = (
    "from keyless.rehearsal.emulator.cloud import Cloud\nimport time\nwith Cloud() as c: print(c.folder, "
    "c.endpoint_url, flush=True); time.sleep(60)"
)


def listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) == 0


def test_it_answers_as_the_account_and_region_asked_for() -> None:
    with Cloud(account="210987654321", region="eu-central-1") as cloud:
        assert cloud.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:root"
        assert cloud.client("rds").meta.region_name == "eu-central-1"


def test_two_clouds_at_once_know_nothing_of_each_other(cloud: Cloud) -> None:
    with Cloud() as other:
        other.client("sqs").create_queue(QueueName="only-here")
        assert not cloud.client("sqs").list_queues(QueueNamePrefix="only-here").get("QueueUrls")
        assert other.folder != cloud.folder


def test_one_port_on_loopback_is_all_that_listens(cloud: Cloud) -> None:
    process = Path(f"/proc/{cloud._running._process.pid}")
    sockets = {str(descriptor.readlink()) for descriptor in (process / "fd").iterdir()}
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in (process / "net" / table).read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
    assert listening == [f"0100007F:{int(cloud.endpoint_url.rsplit(':', 1)[1]):04X}"]


def test_its_folder_is_closed_to_others(cloud: Cloud) -> None:
    assert cloud.folder.stat().st_mode & 0o077 == 0


def test_after_the_block_no_process_port_or_folder_is_left_even_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), Cloud() as cloud:
        role = create_role(cloud, "worker", "lambda.amazonaws.com")
        create_function(cloud, "worker", role, REPORT_ITSELF)
        function = invoke(cloud, "worker")
        folder, url = cloud.folder, cloud.endpoint_url
        assert runs(function["pid"])
        assert listens(url)
        raise ZeroDivisionError
    assert not folder.exists()
    assert not listens(url)
    assert not runs(function["session"])
    assert not runs(function["pid"])


def function_in(cloud: Cloud) -> dict[str, Any]:
    create_function(cloud, "reports", create_role(cloud, "reports", "lambda.amazonaws.com"), REPORT_ITSELF)
    return dict(invoke(cloud, "reports"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start another user's processes")
def test_roots_functions_run_as_nobody(nobodys_python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(nobodys_python))
    nobody = pwd.getpwnam("nobody")
    with Cloud() as cloud:
        function = function_in(cloud)
        assert (function["uid"], function["groups"], cloud.runs_as_us) == (nobody.pw_uid, [], False)
        assert (cloud.folder.stat().st_uid, cloud.folder.stat().st_mode & 0o777) == (nobody.pw_uid, 0o700)
        assert Path(f"/proc/{cloud._running._process.pid}").stat().st_uid == nobody.pw_uid


@pytest.fixture
def nobodys_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python of this version that `nobody` can run, with this one's packages."""
    found = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(found).exists():
        pytest.skip(f"there is no {found}, and nobody can enter root's home")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        subprocess.run([found, "-m", "venv", "--without-pip", folder], check=True)
        (packages,) = Path(folder).glob("lib/python3*/site-packages")
        installed = [path for path in sys.path if path.endswith("site-packages")]
        roots = [str(ROOT / root) for root in (".", "bootstrap_lambda", "client")]  # .pth files of others aren't read
        (packages / "ours.pth").write_text("\n".join([*installed, *roots]))
        yield Path(folder) / "bin" / "python"


def test_functions_run_as_the_current_user_where_no_other_can_run_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "python"
    closed.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    closed.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(closed))
    with Cloud() as cloud:
        assert (function_in(cloud)["uid"], cloud.runs_as_us) == (os.geteuid(), True)


def test_the_current_user_is_not_asked_what_it_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerUser, "choose", classmethod(lambda cls: cls()))
    monkeypatch.setattr(ServerUser, "can_run", lambda *_, **__: pytest.fail("it was asked"))
    with Cloud() as cloud:
        assert cloud.runs_as_us


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_process_that_started_it_is_ended_by(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        folder, url = process.stdout.readline().split()
        assert Path(folder).exists()
        process.send_signal(ending)
        process.wait(timeout=10)
    wait_until(lambda: not Path(folder).exists(), seconds=8)
    wait_until(lambda: not listens(url), seconds=8)


def test_a_failing_start_shows_the_end_of_the_log_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named ministack\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(CloudError, match=r"ended while starting.*\nno module named ministack"):
        Cloud().start()
    assert list(tmp_path.iterdir()) == [broken]


def test_a_start_that_hangs_is_given_up_and_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(hanging))
    monkeypatch.setattr(process, "START_TIMEOUT", 0.5)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(CloudError, match="did not start within"):
        Cloud().start()
    assert list(tmp_path.iterdir()) == [hanging]


def test_a_cloud_that_died_says_so_instead_of_hanging() -> None:
    with Cloud() as cloud:
        os.killpg(cloud._running._process.pid, signal.SIGKILL)
        with pytest.raises(CloudError, match=r"cloud (has ended|does not answer)"):
            cloud.set_endpoints({})


def test_outside_its_block_it_says_how_to_use_it() -> None:
    with pytest.raises(CloudError, match="use it inside its `with` block"):
        Cloud().environment()


def test_clients_ignore_the_operators_profile(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert cloud.client("sts").get_caller_identity()["Account"] == cloud.account


def test_sdks_follow_its_environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    assert boto3.session.Session().client("sts").get_caller_identity()["Account"] == cloud.account
