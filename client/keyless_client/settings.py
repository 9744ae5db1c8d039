"""Where to connect and as whom: libpq's environment variables, which the CDK grant sets, and Lambda's AWS_REGION."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from keyless_client.errors import ConnectError

_REQUIRED = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "AWS_REGION")
_SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    user: str
    dbname: str
    region: str
    application_name: str
    secret_arn: str | None = None
    """DB_SECRET_ARN: the secret with the user's password. None for a user that logs in with IAM."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings in `environment`.

        Raises:
            ConnectError: naming every variable that is missing or wrong.
        """
        if problems := [*_problems(environment)]:
            raise ConnectError(f"cannot connect, the environment is incomplete or wrong: {'; '.join(problems)}")
        host, port, user, dbname, region = (environment[name] for name in _REQUIRED)
        name = environment.get("AWS_LAMBDA_FUNCTION_NAME", "keyless_client")
        return cls(host, int(port), user, dbname, region, name, environment.get("DB_SECRET_ARN") or None)


def _problems(environment: Mapping[str, str]) -> list[str]:
    problems = [f"{name} is not set" for name in _REQUIRED if not environment.get(name)]
    port = environment.get("PGPORT", "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        problems.append(f"PGPORT is {port!r}; allowed: 1 to 65535")
    secret = environment.get("DB_SECRET_ARN")
    if secret and not _SECRET_ARN.fullmatch(secret):
        problems.append(f"DB_SECRET_ARN is {secret!r}; allowed: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME")
    return problems
