"""`keyless init`: what it asks, what it refuses, and that it writes all of an app or nothing."""

import io
import json
import os
import pty
import subprocess
import sys
import zipfile
from hashlib import sha256
from importlib.metadata import Distribution
from pathlib import Path

import pytest

import keyless.init.library as library
from keyless.cli import main
from keyless.init.answers import Answers, InitError
from keyless.init.app import files
from keyless.init.engines import ENGINES
from keyless.init.library import Library
from keyless.init.writing import write

WHEEL = "keyless_aurora-9.9.9-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    path = tmp_path / "downloads" / WHEEL
    path.write_bytes(smallest_wheel())
    return path


def smallest_wheel(version: str = "9.9.9") -> bytes:
    info = "keyless_aurora-9.9.9.dist-info"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in {
            "METADATA": f"Metadata-Version: 2.1\nName: keyless-aurora\nVersion: {version}\n",
            "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "RECORD": "",
        }.items():
            archive.writestr(zipfile.ZipInfo(f"{info}/{name}"), text)
    return stream.getvalue()


def init(folder: Path, wheel: Path, *options: str) -> int:
    return main(["init", str(folder), "--wheel", str(wheel), "--yes", *options])


def test_an_app_is_written_with_its_wheel_and_what_to_do_next(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "new" / "shop", wheel) == 0
    shop = tmp_path / "new" / "shop"
    assert (shop / "vendor" / WHEEL).read_bytes() == smallest_wheel()
    assert (
        f"./vendor/{WHEEL} --hash=sha256:{sha256(smallest_wheel()).hexdigest()}\n" in (shop / "library.txt").read_text()
    )
    for name in (".gitignore", ".github/CODEOWNERS", ".github/workflows/deploy.yml", "app.py", "package-lock.json"):
        assert (shop / name).is_file(), name
    assert [path.name for path in shop.parent.iterdir()] == ["shop"], "nothing else is left beside it"
    assert "make rehearse" in capsys.readouterr().out


def test_the_answers_are_in_the_app(tmp_path: Path, wheel: Path) -> None:
    options = ("--region", "us-east-1", "--engine", "instance", "--pattern", "B", "--table", "sales.order")
    assert init(tmp_path / "shop", wheel, *options) == 0
    environments = (tmp_path / "shop" / "environments.py").read_text()
    assert '"us-east-1"' in environments
    assert "InstanceSettings(" in environments
    assert "pattern=Pattern.B," in environments
    assert 'CREATE TABLE "sales"."order"' in (tmp_path / "shop/functions/migrator/schema.sql").read_text()
    assert "auth_method: password" in (tmp_path / "shop/config/access.yaml").read_text()


@pytest.mark.parametrize(
    ("engine", "constant", "begins"),
    [
        ("aurora", "AURORA_POSTGRESQL", 'CREATE TABLE "app"."event"'),
        ("instance", "POSTGRESQL", 'CREATE TABLE "app"."event"'),
        ("aurora-mysql", "AURORA_MYSQL", "CREATE TABLE `app`.`event`"),
        ("mysql", "MYSQL", "CREATE TABLE `app`.`event`"),
        ("mariadb", "MARIADB", "CREATE TABLE `app`.`event`"),
    ],
)
def test_the_app_begins_with_any_database(tmp_path: Path, wheel: Path, engine: str, constant: str, begins: str) -> None:
    assert init(tmp_path / "shop", wheel, "--database", engine) == 0
    environments = (tmp_path / "shop" / "environments.py").read_text()
    assert environments.count(f"        engine={constant},\n") == environments.count("Environment(\n") == 2
    assert begins in (tmp_path / "shop/functions/migrator/schema.sql").read_text()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_app_checks_its_spec_for_its_database(tmp_path: Path, wheel: Path, engine: str) -> None:
    """By the Makefile's own line, with the command that tests have."""
    assert init(tmp_path / "shop", wheel, "--database", engine) == 0
    makefile = (tmp_path / "shop" / "Makefile").read_text()
    (tmp_path / "shop" / "Makefile").write_text(makefile.replace("check: setup", "check:", 1))
    (tmp_path / "shop" / ".venv").symlink_to(Path(sys.executable).parents[1])
    spec = tmp_path / "shop" / "config" / "access.yaml"
    spec.write_text(spec.read_text() + "    settings: {work_mem: 8MB}\n")
    said = subprocess.run(["make", "check"], cwd=tmp_path / "shop", capture_output=True, text=True, check=False)
    assert ("settings" in said.stderr) == (said.returncode != 0) == (ENGINES[engine].family == "mysql"), said.stderr


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My Shop_2", "my-shop-2"),
        ("2024-orders", "orders"),
        ("a" * 29 + "-b", "a" * 29),
        ("keyless-aurora-2", "app"),
        ("...", "app"),
        ("9", "app"),
    ],
)
def test_the_app_is_called_like_its_folder_unless_a_name_is_given(
    tmp_path: Path, wheel: Path, folder: str, name: str
) -> None:
    assert init(tmp_path / folder, wheel) == 0
    assert f'name="{name}"' in (tmp_path / folder / "app.py").read_text()
    assert init(tmp_path / "other", wheel, "--name", "orders") == 0
    assert 'name="orders"' in (tmp_path / "other" / "app.py").read_text()


def test_no_blank_is_left(tmp_path: Path) -> None:
    made = files(Answers(), Library("", None))
    assert [path for path, content in made.items() if b"@@" in content] == []


def test_a_folder_with_something_in_it_is_refused_and_stays(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "notes.txt").write_text("mine")
    assert init(tmp_path / "shop", wheel) == 1
    assert "is not empty: it has notes.txt; allowed: a new or an empty folder" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "shop").iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path, wheel: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert init(tmp_path / "shop", wheel) == 0


def test_this_folder_stays_the_one_that_the_shell_is_in(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    before = (tmp_path / "shop").stat().st_ino
    assert init(Path(), wheel) == 0
    assert ((tmp_path / "shop").stat().st_ino, Path("app.py").is_file()) == (before, True)
    assert not [path for path in Path().iterdir() if path.name.startswith(".shop")], "nothing else is left in it"
    assert "\n  git init\n" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["", " "])
def test_a_name_of_nothing_is_refused(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["init", folder, "--wheel", str(wheel), "--yes"]) == 1
    assert "DIR is empty; allowed: the name of a new or an empty folder" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_a_clone_of_an_empty_repository_is_taken_and_not_to_be_made_one_again(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert init(tmp_path / "shop", wheel) == 0
    assert (tmp_path / "shop" / ".git" / "HEAD").is_file() and (tmp_path / "shop" / "app.py").is_file()
    said = capsys.readouterr().out
    assert f"\n  cd {tmp_path}/shop\n" in said and "git init" not in said


def test_a_folder_in_a_repository_is_not_to_be_made_another(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mono" / ".git").mkdir(parents=True)
    assert init(tmp_path / "mono" / "shop", wheel) == 0
    said = capsys.readouterr().out
    assert f"in the repository {tmp_path}/mono, whose top folder alone has workflows" in said
    assert "git init" not in said


def test_a_folder_below_a_file_is_refused_by_the_files_name(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").write_text("mine")
    assert init(tmp_path / "notes" / "new" / "shop", wheel) == 1
    assert f"{tmp_path}/notes is there already, and is not a folder; allowed: " in capsys.readouterr().err


def test_a_name_that_no_folder_can_have_is_refused(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / ("n" * 260), wheel) == 1
    assert "can't be an app's folder: File name too long; allowed: another name" in capsys.readouterr().err


NOT_WHEELS = {
    "missing": (WHEEL, None, "there is no file"),
    "empty": (WHEEL, b"", "is not a wheel of keyless-aurora"),
    "another version": (WHEEL, smallest_wheel("9.9.8"), "is not a wheel of keyless-aurora"),
    "another name": ("other-9.9.9-py3-none-any.whl", smallest_wheel(), "is not a wheel of keyless-aurora"),
}


@pytest.mark.parametrize("name", NOT_WHEELS)
def test_what_is_no_wheel_of_the_library_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file, content, reason = NOT_WHEELS[name]
    if content is not None:
        (tmp_path / file).write_bytes(content)
    assert init(tmp_path / "shop", tmp_path / file) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("there", ["file", "link"])
def test_what_is_no_folder_is_refused(tmp_path: Path, wheel: Path, there: str) -> None:
    if there == "file":
        (tmp_path / "shop").write_text("mine")
    else:
        (tmp_path / "shop").symlink_to(tmp_path / "downloads")
    assert init(tmp_path / "shop", wheel) == 1


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InitError, match="can't be written"):
        write(tmp_path / "shop", {Path("a"): b"1", Path("a", "b"): b"2"})
    assert list(tmp_path.iterdir()) == []


def test_what_fails_half_way_in_this_folder_leaves_it_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    rename, calls = Path.rename, iter([True, False])

    def renamed(path: Path, to: Path) -> Path:
        if next(calls):
            return rename(path, to)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises(InitError, match="can't be written: No space left"):
        write(tmp_path / "shop", {Path("a"): b"1", Path("b", "c"): b"2"})
    assert [path.name for path in (tmp_path / "shop").iterdir()] == [".git"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("name", "Shop"),
        ("name", "my--shop"),
        ("name", "2nd"),
        ("name", "shop-"),
        ("name", "s" * 31),
        ("name", "of-keyless-aurora"),
        ("region", "nowhere"),
        ("region", "cn-north-1"),
        ("engine", "sqlite"),
        ("pattern", "D"),
        ("table", "event"),
        ("table", "ops.event"),
        ("table", "pg_own.event"),
        ("table", "rdsadmin.event"),
        ("table", "information_schema.event"),
        ("table", "mysql.event"),
        ("table", "sys.event"),
        ("table", "1app.event"),
        ("table", 'app."; DROP'),
        ("table", "App.event"),
    ],
)
def test_an_impossible_answer_is_refused_with_what_is_allowed(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert init(tmp_path / "shop", wheel, f"--{option}", value) == 1
    said = capsys.readouterr().err
    assert f"--{option}: {value!r} is not possible; allowed: " in said
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("option", "value", "leads"),
    [
        ("database", "sqlserver", "`SecretInstanceSettings` and `pattern=Pattern.D`"),
        ("pattern", "D", "`SecretInstanceSettings` and `pattern=Pattern.D`"),
    ],
)
def test_what_an_app_can_become_is_said(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, leads: str
) -> None:
    assert init(tmp_path / "shop", wheel, f"--{option}", value) == 1
    said = capsys.readouterr().err
    assert f"{value!r} is not possible; allowed: " in said and leads in said and "docs/infrastructure.md" in said


def test_every_impossible_answer_is_named_at_once(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "shop", wheel, "--region", "x", "--pattern", "x") == 1
    said = capsys.readouterr().err
    assert "--region" in said
    assert "--pattern" in said


def _at_a_terminal(command: list[str], typed: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    os.write(ours, typed.encode())
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    return process.wait(), said.decode()


def test_at_a_terminal_it_asks_again_until_an_answer_is_possible_and_takes_defaults(
    tmp_path: Path, wheel: Path
) -> None:
    command = [sys.executable, "-m", "keyless", "init", str(tmp_path / "shop"), "--wheel", str(wheel)]
    status, said = _at_a_terminal([*command, "--engine", "instance"], "Shop!\n\nnowhere\nus-east-1\n\nsales.order\n")
    assert status == 0, said
    assert "of all that it has on AWS [shop]:" in said
    assert "'Shop!' is not possible; allowed: small letters" in said
    assert "AWS region [eu-west-1]:" in said
    assert "'nowhere' is not possible; allowed: a region" in said
    assert "database:" not in said, "it was given"
    assert 'name="shop"' in (tmp_path / "shop" / "app.py").read_text()
    environments = (tmp_path / "shop" / "environments.py").read_text()
    assert ('"us-east-1"' in environments, "Pattern.A" in environments) == (True, True)


def test_ctrl_c_at_a_question_ends_it_with_one_line(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("keyless.init.command.answered", interrupted)
    assert init(tmp_path / "shop", wheel) == 130
    assert capsys.readouterr().err == "keyless init: interrupted; nothing was written\n"
    assert not (tmp_path / "shop").exists()


def test_without_a_terminal_nothing_is_asked(tmp_path: Path, wheel: Path) -> None:
    command = [sys.executable, "-m", "keyless", "init", str(tmp_path / "shop"), "--wheel", str(wheel)]
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert "[eu-west-1]" not in said.stdout + said.stderr


def _installed(tmp_path: Path, url: str | None) -> Distribution:
    folder = tmp_path / "keyless_aurora-9.9.9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: keyless-aurora\nVersion: 9.9.9\n")
    if url:
        (folder / "direct_url.json").write_text(json.dumps({"url": url, "archive_info": {}}))
    return Distribution.at(folder)


def test_the_wheel_that_was_installed_is_the_one_that_is_vendored(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _installed(tmp_path, wheel.as_uri())
    monkeypatch.setattr("keyless.init.library.distribution", lambda _: found)
    assert library.library().wheel == wheel


def test_one_installed_from_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _installed(tmp_path, "file:///somewhere/aurora")
    monkeypatch.setattr("keyless.init.library.distribution", lambda _: found)
    with pytest.raises(InitError, match="allowed: --wheel FILE"):
        library.library()


def test_one_from_an_index_is_named_with_its_hash(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index in a folder: pip finds the file there as it would on the network."""
    name = "keyless_aurora-9.9.9-py3-none-any.whl"
    index = tmp_path / "index" / "keyless-aurora"
    index.mkdir(parents=True)
    (index / name).write_bytes(smallest_wheel())
    (index / "index.html").write_text(f'<a href="{name}">{name}</a>')
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("KEYLESS_INDEX_URL", index.parent.as_uri())
    found = _installed(tmp_path, None)
    monkeypatch.setattr("keyless.init.library.distribution", lambda _: found)
    made = library.library()
    assert made.wheel is None
    assert f"keyless-aurora==9.9.9 --hash=sha256:{sha256(smallest_wheel()).hexdigest()}\n" in made.requirement
