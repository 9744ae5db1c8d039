"""Where to connect and as whom, from libpq's own environment variables. The CDK grant sets them; AWS_REGION comes from Lambda."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from keyless_client.errors import ConnectError

_REQUIRED = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "AWS_REGION")


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    user: str
    dbname: str
    region: str
    application_name: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings in `environment`.

        Raises:
            ConnectError: naming every variable that is missing or wrong.
        """
        if problems := [*_problems(environment)]:
            raise ConnectError(f"cannot connect, the environment is incomplete: {'; '.join(problems)}")
        host, port, user, dbname, region = (environment[name] for name in _REQUIRED)
        return cls(host, int(port), user, dbname, region, environment.get("AWS_LAMBDA_FUNCTION_NAME", "keyless_client"))


def _problems(environment: Mapping[str, str]) -> list[str]:
    problems = [f"{name} is not set" for name in _REQUIRED if not environment.get(name)]
    port = environment.get("PGPORT", "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        problems.append(f"PGPORT is {port!r}; allowed: 1 to 65535")
    return problems
