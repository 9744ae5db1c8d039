"""The line that a rehearsal of MySQL or MariaDB shows for its superuser, in a shell."""

import subprocess
from pathlib import Path

from keyless.rehearsal.loop.waiting import as_superuser
from keyless.rehearsal.servers.mysql.data import TRACES
from tests.mysql.servers import Instance


def printed(instance: Instance, statement: str, folder: Path) -> str:
    line = as_superuser(instance.server.folder / TRACES.sockets, statement)
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=True
    ).stdout


def test_it_runs_without_a_client_of_mysqls(instance: Instance, tmp_path: Path) -> None:
    statement = "SELECT CURRENT_USER(), 'a''s `b`'"
    assert printed(instance, statement, tmp_path) == """('rdsadmin@localhost', "a's `b`")\n"""


def test_it_changes_things(instance: Instance, tmp_path: Path) -> None:
    assert printed(instance, "CREATE TABLE app.made (id INT)", tmp_path) == "\n"
    assert printed(instance, "SHOW TABLES FROM app", tmp_path) == "('made',)\n"
