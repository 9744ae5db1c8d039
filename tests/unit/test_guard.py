"""The product's tests can't open what is the user's, in whatever way."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard import OpenedAUsersFileError, is_users

ROOT = Path(__file__).parents[2]


def test_reading_a_users_file_fails() -> None:
    with pytest.raises(OpenedAUsersFileError, match=r"tests/unit/test_guard\.py opens config/access\.yaml; allowed"):
        (ROOT / "config" / "access.yaml").read_text()


@pytest.mark.parametrize("name", ["app", "stacks.environments"])
def test_importing_one_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, name, raising=False)  # the user's tests may have imported it
    with pytest.raises(OpenedAUsersFileError):
        importlib.import_module(name)


def test_running_one_fails() -> None:
    for command in ([sys.executable, "app.py"], [sys.executable, str(ROOT / "sample" / "writer" / "handler.py")]):
        with pytest.raises(OpenedAUsersFileError):
            subprocess.run(command, cwd=ROOT, check=False)


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("app.py", True),
        ("__pycache__/app.cpython-311.pyc", True),
        ("config/examples/access-password.yaml", True),
        ("stacks/__pycache__/environments.pyc", True),
        ("sample/writer/handler.py", True),
        ("config/access.schema.json", False),
        ("tests/app/config/access.yaml", False),
        ("constructs/keyless_aurora/app/keyless_app.py", False),
    ],
)
def test_these_are_the_users(name: str, users: bool) -> None:
    assert is_users(name) is users
