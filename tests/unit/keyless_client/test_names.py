"""What `import keyless_client` loads: psycopg for PostgreSQL, and nothing of it for MySQL."""

import subprocess
import sys
from pathlib import Path

import pytest

import keyless_client

CLIENT = Path(keyless_client.__file__).parents[1]
BLOCKED = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psycopg", "psycopg_binary", "psycopg_c", "psycopg_pool"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


def python(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(CLIENT), "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import keyless_client.mysql",
        "from keyless_client.mysql import ConnectError, Login; Login.from_environment",
        "import keyless_client.drivers.pymysql",
        "import keyless_client; keyless_client.ConnectError, keyless_client.auth_token",
    ],
)
def test_nothing_of_mysql_needs_psycopg(statement: str) -> None:
    ran = python(BLOCKED + statement, MYSQL_HOST="server")
    assert ran.returncode == 0, ran.stderr


def test_postgresql_without_psycopg_says_what_is_missing() -> None:
    ran = python(BLOCKED + "import keyless_client; keyless_client.connect", MYSQL_HOST="server")
    assert "No module named 'psycopg'" in ran.stderr


@pytest.mark.parametrize(("variable", "loaded"), [("MYSQL_HOST", "False"), ("PGHOST", "True")])
def test_a_function_of_postgresql_loads_psycopg_while_it_starts(variable: str, loaded: str) -> None:
    ran = python("import sys, keyless_client; print('psycopg' in sys.modules)", **{variable: "server"})
    assert ran.stdout.split() == [loaded], ran.stderr


def test_every_name_is_there_and_no_other() -> None:
    assert all(getattr(keyless_client, name) for name in keyless_client.__all__)
    assert {*keyless_client.__all__} <= {*dir(keyless_client)}
    with pytest.raises(AttributeError, match="no attribute 'disconnect'"):
        keyless_client.disconnect  # type: ignore[attr-defined]  # noqa: B018


def test_no_name_is_that_of_a_module() -> None:
    """Which would take its place."""
    modules = {path.stem for path in Path(keyless_client.__file__).parent.iterdir()}
    assert not modules & {*keyless_client.__all__}
