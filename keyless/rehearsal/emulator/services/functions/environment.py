"""The environment of a function's process: credentials of its role, and where its database endpoint listens.

Runs in ministack's own process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from keyless.rehearsal.emulator.iam.sessions import function_session
from keyless.rehearsal.emulator.services.functions.resolving import RESOLVED


@dataclass(frozen=True)
class Place:
    """Where on this machine a database endpoint really listens, and the file of the CA that signed its certificate."""

    address: str
    ca_file: str

    @classmethod
    def made(cls, address: str, authority: str) -> "Place":
        """With the CA's certificate, in PEM, in a file that functions can read: they may run as another user."""
        with NamedTemporaryFile("w", prefix="ca-", suffix=".pem", delete=False) as file:
            file.write(authority)
        return cls(address, file.name)


class Places:
    """Host name -> where it listens. Set at run time, read when a function's process starts."""

    def __init__(self) -> None:
        self._table: dict[str, Place] = {}

    def replace(self, table: Mapping[str, Place]) -> None:
        self._table = dict(table)

    def variables(self, config: Mapping[str, Any]) -> dict[str, str]:
        """What connects the function of this configuration to the endpoint that its PGHOST or MYSQL_HOST names."""
        told = config.get("Environment", {}).get("Variables", {})
        if place := self._table.get(told.get("PGHOST", "")):
            return {"PGHOSTADDR": place.address, "PGSSLROOTCERT": place.ca_file}
        if place := self._table.get(host := told.get("MYSQL_HOST", "")):
            return {RESOLVED: f"{host}={place.address}", "MYSQL_SSL_CA": place.ca_file}
        return {}


def install(places: Places) -> None:
    """Replace `execution_credentials`, from which every way to start a function takes the role's credentials."""

    def environment(config: Mapping[str, Any]) -> dict[str, str]:
        return {**function_session(config), **places.variables(config)}

    lambda_runtime.execution_credentials = environment
    lambda_svc.execution_credentials = environment
