"""A server of the MySQL family is started without root's rights, tells nobody its key, and leaves nothing behind."""

import os
import socket
from pathlib import Path
from typing import Any

import pymysql
import pytest

from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.files import free_port, short_folder
from keyless.rehearsal.servers.mysql import data
from keyless.rehearsal.servers.mysql.data import TRACES
from keyless.rehearsal.servers.mysql.errors import ServerError
from keyless.rehearsal.servers.mysql.server import MariaDB, Server
from tests.mysql.servers import Instance, rows


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that servers are given from now on."""
    folders: list[Path] = []
    make = short_folder

    def recorded(*given: Any, **more: Any) -> Path:
        folders.append(make(*given, **more))
        return folders[-1]

    monkeypatch.setattr("keyless.rehearsal.servers.mysql.server.short_folder", recorded)
    return folders


def _process(running: Server) -> Path:
    return Path("/proc") / (running.folder / TRACES.pid_file).read_text().strip()


def test_it_runs_as_the_servers_user_who_is_never_root(family: Server) -> None:
    user = ServerUser.choose()
    (line,) = [line for line in (_process(family) / "status").read_text().splitlines() if line.startswith("Uid:")]
    uid = os.getuid() if user.uid is None else user.uid
    assert {int(number) for number in line.split()[1:]} == {uid}
    assert uid != 0


def test_its_key_is_in_no_argument_file_or_log_of_the_folder(family: Server) -> None:
    key = family.key.encode()
    assert key not in (_process(family) / "cmdline").read_bytes()
    for path in family.folder.glob("*"):
        assert not path.is_file() or key not in path.read_bytes()


def test_its_folder_is_closed_to_everybody_else(family: Server) -> None:
    assert family.folder.stat().st_mode & 0o077 == 0


def test_no_account_of_the_servers_own_logs_in_from_outside(instance: Instance) -> None:
    with instance.superuser() as owner:
        names = {user for (user,) in rows(owner, "SELECT user FROM mysql.user WHERE user <> 'admin'")}
    for name in names | {"root", ""}:
        with pytest.raises(pymysql.Error):
            instance.server.log_in(name, "")


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(
    made: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = data.options
    monkeypatch.setattr(data, "options", lambda *given: [*options(*given), "--nonsense"])
    with pytest.raises(ServerError, match=r"(?s)the server did not start; its log ends with:.*nonsense"):
        MariaDB().start()
    (folder,) = made
    assert not folder.exists()


def test_data_that_can_not_be_made_is_said_with_the_reason(made: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_NOT_KEPT", ("--nonsense",))
    with pytest.raises(ServerError, match=r"(?s)MariaDB's data folder can't be made:.*nonsense"):
        MariaDB().start()
    (folder,) = made
    assert not folder.exists()


def test_a_port_that_somebody_takes_first_is_tried_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free, given = free_port, [taken.getsockname()[1]]
        monkeypatch.setattr(
            "keyless.rehearsal.servers.mysql.starting.free_port",
            lambda address: given.pop() if given else free(address),
        )
        with MariaDB() as running:
            assert running.port != taken.getsockname()[1]


def test_it_may_be_stopped_before_it_starts_and_twice() -> None:
    never = MariaDB()
    never.stop()
    with pytest.raises(ServerError, match="not running"):
        never.connect()
    never.start()
    never.stop()
    never.stop()
