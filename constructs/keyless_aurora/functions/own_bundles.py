"""The bundles that are this library's own: the engine and the client, from the packages as they are installed."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from keyless_aurora.engines.family import Family
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.unneeded import Unneeded


def _folder(package: str) -> Path:
    """Found, not imported: the CDK side runs neither."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed beside keyless_aurora", name=package)
    return Path(spec.submodule_search_locations[0])


_FOR_TYPE_CHECKERS = Unneeded("**/*.pyi", why="type checkers read it")
_BILLS_OF_MATERIAL = Unneeded("*.dist-info/sboms", why="scanners find the same in the lock file")
ENGINE: Final = PythonBundle(
    _folder("db_access"),
    package="db_access",
    unneeded=(
        _FOR_TYPE_CHECKERS,
        _BILLS_OF_MATERIAL,
        Unneeded("pydantic/v1", why="pydantic's former version"),
        Unneeded("pydantic/mypy.py", why="a plugin of mypy"),
    ),
)
CLIENT: Final = PythonBundle(
    _folder("keyless_client"),
    package="keyless_client",
    prefix="python",
    unneeded=(
        _FOR_TYPE_CHECKERS,
        _BILLS_OF_MATERIAL,
        Unneeded("psycopg/pq/*pq_ctypes.py", why="psycopg without psycopg_binary"),
        Unneeded("typing_extensions*", why="psycopg needs it up to Python 3.12", since=(3, 13)),
    ),
)
_OF_MYSQL: Final = replace(CLIENT, also=("mysql",))


def client_of(family: Family) -> PythonBundle:
    """The client with that family's driver."""
    return _OF_MYSQL if family is Family.MYSQL else CLIENT


PROBE: Final = PythonBundle(_folder("keyless_probe"), package="keyless_probe")
"""Beside the client's layer, which has what it needs."""
