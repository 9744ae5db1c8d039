"""The client's own wheel: it alone, typed, with an extra for each driver, none of which it imports by itself."""

import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.infrastructure.library.conftest import Installed, built, installed
from tests.infrastructure.support import ROOT

CLIENT = ROOT / "client"
DRIVERS = {
    "pool": "psycopg_pool",
    "sqlalchemy": "sqlalchemy",
    "asyncpg": "asyncpg",
    "django": "django",
    "pg8000": "pg8000",
    "pymysql": "pymysql",
    "aiomysql": "aiomysql",
    "asyncmy": "asyncmy",
    "mysql-connector": "mysql",
}
NEEDED = {"aiomysql": ["aiomysql", "pymysql"], "mysql_connector": ["mysql"]}
"""By a module of ours, where that isn't what bears its name."""
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({names!r})); "
"""Makes `import` of these a ModuleNotFoundError, as where they aren't installed."""


@pytest.fixture(scope="module")
def client_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"), CLIENT)


@pytest.fixture(scope="module")
def alone(client_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(client_wheel, tmp_path_factory.mktemp("client") / "venv")


@pytest.fixture(scope="module")
def metadata(client_wheel: Path) -> Message:
    with zipfile.ZipFile(client_wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def test_it_has_the_client_alone_and_its_types(client_wheel: Path) -> None:
    with zipfile.ZipFile(client_wheel) as archive:
        names = {*archive.namelist()}
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"keyless_client"}
    assert {"keyless_client/py.typed", "keyless_client/roots/rds.pem"} <= names
    tracked = {str(path.relative_to(CLIENT)) for path in (CLIENT / "keyless_client").rglob("*.py")}
    assert tracked <= names


def test_its_version_is_the_librarys(metadata: Message) -> None:
    assert metadata["Version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_each_driver_is_an_extra_and_none_is_needed(metadata: Message) -> None:
    assert {*metadata.get_all("Provides-Extra", [])} == {*DRIVERS}
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.partition(">")[0].partition("<")[0] for line in needed) == ["botocore", "psycopg[binary]"]


def test_without_any_of_them_the_client_works(alone: Installed, tmp_path: Path) -> None:
    code = WITHOUT.format(names=[*DRIVERS.values(), "greenlet", "botocore"])
    code += "import keyless_client, keyless_client.aio, keyless_client.testing, keyless_client.postgres_variables; "
    code += "import keyless_client.mysql; "
    said = alone.run("-c", code + "print(keyless_client.__file__)", cwd=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert str(tmp_path.parent) in said.stdout or "site-packages" in said.stdout


@pytest.mark.parametrize(
    "module", ["sqlalchemy", "asyncpg", "django", "pg8000", "pymysql", "aiomysql", "asyncmy", "mysql_connector"]
)
def test_a_drivers_module_needs_no_other_driver(alone: Installed, tmp_path: Path, module: str) -> None:
    others = [name for name in (*DRIVERS.values(), "greenlet") if name not in NEEDED.get(module, [module])]
    code = WITHOUT.format(names=others) + f"import keyless_client.drivers.{module}"
    said = alone.run("-c", code, cwd=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")


def test_what_is_left_out_is_seen(alone: Installed, tmp_path: Path) -> None:
    """The test above would not notice an import that it can't forbid."""
    said = alone.run(
        "-c", WITHOUT.format(names=["sqlalchemy"]) + "import keyless_client.drivers.sqlalchemy", cwd=tmp_path
    )
    assert "ModuleNotFoundError" in said.stderr
