"""A developer's loop on a rehearsal that stays: changed code runs, calls come from another process, also in a debugger,
and no secret is shown."""

import dataclasses
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from keyless.rehearsal.lines.own.lines import own_lines
from keyless.rehearsal.loop.code import Source, Sources
from keyless.rehearsal.loop.handed_over import FOLDER, HandedOver
from keyless.rehearsal.loop.waiting import shown
from keyless.rehearsal.stage.running import Stage

EVENT = '{"events": [{"name": "a", "payload": {}}]}'
REJECTED = '{"events": [{"payload": {}}]}'


@pytest.fixture(scope="module", autouse=True)
def _migrated(stage: Stage) -> None:
    list(own_lines(stage))


@pytest.fixture
def source(stage: Stage, tmp_path: Path) -> Iterator[tuple[Sources, Source]]:
    """The writer's, in a copy that may be changed; the deployed code is put back."""
    sources = Sources(stage)
    (writer,) = [source for source in sources.all if source.client.name == "Writer"]
    writer.folder = Path(shutil.copytree(writer.folder, tmp_path / "writer"))
    before = dict(writer.deployed)
    yield sources, writer
    for name, content in before.items():
        (writer.folder / name).write_bytes(content)
    list(sources.take())


def test_changed_code_runs_at_the_next_call(source: tuple[Sources, Source]) -> None:
    sources, writer = source
    assert list(sources.take()) == []
    handler = writer.folder / "handler.py"
    handler.write_text(handler.read_text().replace('{"written": len(events)}', '{"written": helper.COUNT}'))
    handler.write_text(f"import helper\n{handler.read_text()}")
    (writer.folder / "helper.py").write_text("COUNT = 99\n")
    assert list(sources.take()) == ["Writer: runs the code as it is now"]
    assert writer.client.function.invoke({"events": [{"name": "a", "payload": {}}]}) == {"written": 99}
    assert list(sources.take()) == []


def test_changed_requirements_are_said_to_take_a_new_rehearsal(source: tuple[Sources, Source]) -> None:
    sources, writer = source
    (writer.folder / "requirements.txt").write_text("# other\n")
    assert list(sources.take()) == ["Writer: its requirements.txt has changed, which takes a new rehearsal"]
    assert list(sources.take()) == []


def test_of_a_folder_that_is_gone_nothing_is_taken(source: tuple[Sources, Source]) -> None:
    sources, writer = source
    moved = writer.folder.rename(writer.folder.parent / "moved")
    assert list(sources.take()) == []
    moved.rename(writer.folder)


def called(stage: Stage, *arguments: str, folder: Path, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "keyless.rehearsal.invoke", *arguments],
        env={**os.environ, FOLDER: str(folder)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("here", [(), ("--here",)])
def test_a_function_is_called_from_another_process(stage: Stage, tmp_path: Path, here: tuple[str, ...]) -> None:
    HandedOver.of(stage).write(tmp_path)
    done = called(stage, "Writer", EVENT, *here, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, '{\n  "written": 1\n}\n'), done.stderr
    failed = called(stage, "Writer", REJECTED, *here, folder=tmp_path)
    assert failed.returncode == 1
    assert "name must be a string" in failed.stderr


def test_a_handler_stops_at_a_breakpoint(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "handler.py").write_text("def handler(event, context):\n    breakpoint()\n    return event\n")
    handed = HandedOver.of(stage)
    writer = dataclasses.replace(handed.functions["Writer"], source=str(tmp_path / "code"))
    dataclasses.replace(handed, functions={"Writer": writer}).write(tmp_path)
    done = called(stage, "Writer", '{"n": 41}', "--here", folder=tmp_path, typed='p event["n"] + 1\nc\n')
    assert done.returncode == 0
    assert "42" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Riter",), "no function is called 'Riter'; allowed: "),
        (("Writer", "{"), "the event is not JSON"),
    ],
)
def test_what_cannot_be_called_is_said(stage: Stage, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    HandedOver.of(stage).write(tmp_path)
    done = called(stage, *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rehearsal_that_has_ended_is_said(stage: Stage, tmp_path: Path) -> None:
    assert "has ended" in called(stage, "Writer", folder=tmp_path / "gone").stderr


def test_no_secret_is_shown_and_only_the_owner_reads_the_files(stage: Stage) -> None:
    text = "\n".join(shown(stage))
    handed = HandedOver.read(str(stage.folder))
    secrets = [
        variables[name]
        for variables in (handed.cloud, *(function.variables for function in handed.functions.values()))
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")
    ]
    assert [secret for secret in secrets if secret in text] == []
    for name in ("rehearsal.json", "cloud.sh"):
        assert (stage.folder / name).stat().st_mode & 0o777 == 0o600
    assert "AWS_SECRET_ACCESS_KEY" in (stage.folder / "cloud.sh").read_text()


def test_each_users_connection_string_leads_in_as_that_user(stage: Stage) -> None:
    strings = [shlex.split(line.split("psql ")[1])[0] for line in shown(stage) if "psql " in line]
    users = []
    for string in strings:
        with psycopg.connect(string) as connection:
            users.append((connection.execute("SELECT session_user").fetchone() or ("",))[0])
    assert users == ["migrator", "lambda_writer", "drift_watch", "rdsadmin"]
