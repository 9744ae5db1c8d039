"""What of a rehearsal can be reached by other users of this machine, and that nobody gets in there without a credential."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from keyless.rehearsal.loop import waiting
from keyless.rehearsal.stage.running import Stage


def listening(stage: Stage) -> set[tuple[str, int]]:
    """Every TCP address on which this process, the emulator, its functions or the database server listens."""
    cloud, server = stage.cloud._running._process.pid, _postmaster(stage)
    ours = {os.getpid(), *(pid for pid in _processes() if _session(pid) in (cloud, server))}
    sockets = {name for pid in ours for name in _descriptors(pid)}
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table]
    return {_address(row[1]) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


def _postmaster(stage: Stage) -> int:
    return int((stage.postgres.folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def _descriptors(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        if descriptor.is_symlink():
            yield str(descriptor.readlink())


def _address(text: str) -> tuple[str, int]:
    address, port = text.split(":")
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(address))), int(port, 16)


def test_these_ports_are_all_that_listen_and_each_is_on_loopback(stage: Stage) -> None:
    emulator = ("127.0.0.1", int(stage.cloud.endpoint_url.rpartition(":")[2]))
    endpoints = {(endpoint.address, endpoint.port) for endpoint in (stage.database, stage.proxy)}
    assert listening(stage) == {emulator, (stage.postgres.address, stage.postgres.port), *endpoints}


@pytest.mark.parametrize("folder", ["stage", "cloud", "database"])
def test_folders_are_closed_to_other_users(stage: Stage, folder: str) -> None:
    path = {"stage": stage.folder, "cloud": stage.cloud.folder, "database": stage.postgres.folder}[folder]
    assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("password", ["", "test", "rdsadmin", "postgres"])
def test_no_login_gets_in_without_a_credential(stage: Stage, password: str) -> None:
    with stage.superuser() as connection:
        logins = [name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin").fetchall()]
    assert "rdsadmin" in logins
    places = [(e.address, e.port) for e in (stage.database, stage.proxy)]
    for host, port in [*places, (stage.postgres.address, stage.postgres.port)]:
        for user in logins:
            for mode in ("disable", "require"):
                with pytest.raises(psycopg.OperationalError, match=r"fe_sendauth|FATAL|certificate|SSL|no password"):
                    psycopg.connect(host=host, port=port, user=user, password=password, dbname="app", sslmode=mode)


def test_who_looks_around_gets_the_clouds_root_in_a_file_and_not_on_the_screen(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "input").write_text("\n")
    with (tmp_path / "input").open() as entered:
        monkeypatch.setattr("sys.stdin", entered)
        waiting.wait(stage, Console(width=1000), lambda: pytest.fail("nobody asked to measure again"))
    shown, environment = capfd.readouterr().out, stage.cloud.environment()
    path = Path(shown.partition("   . ")[2].split()[0])
    assert path.stat().st_mode & 0o777 == 0o600
    assert environment["AWS_SECRET_ACCESS_KEY"] in path.read_text()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert environment[name] not in shown
