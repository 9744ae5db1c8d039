"""For applications that are configured by POSTGRES_HOST and its like: the same names, a token instead of the password.

A password is for a developer's own database, and is refused wherever the application runs in AWS.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keyless_client import libpq
from keyless_client.environment import checked_port
from keyless_client.errors import ConnectError
from keyless_client.login import Login
from keyless_client.trust import region_of

if TYPE_CHECKING:
    from ssl import SSLContext

_IAM = ("USE_IAM_DB_AUTH", "POSTGRES_IAM_AUTH")
_SAID = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_IN_AWS = (
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_EXECUTION_ENV",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""Set by Lambda, ECS and EKS."""
_MACHINE = Path("/sys/devices/virtual/dmi/id/sys_vendor"), Path("/sys/hypervisor/uuid")
"""Begins with "Amazon EC2", or with "ec2" on Xen, on an instance and in its containers.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html"""


def login() -> Login:
    """The login that POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB and POSTGRES_USER describe.

    With USE_IAM_DB_AUTH (or POSTGRES_IAM_AUTH) true it is one by token, as DB_IAM_USER where that is set. Otherwise it
    is one by POSTGRES_PASSWORD to a database that isn't in AWS, for development only.

    Raises:
        ConnectError: naming what is missing or wrong; and for a password in AWS, or to it.
    """
    host, port = os.environ.get("POSTGRES_HOST", ""), os.environ.get("POSTGRES_PORT") or "5432"
    user, dbname = os.environ.get("POSTGRES_USER", ""), os.environ.get("POSTGRES_DB", "")
    iam = _iam()
    if iam:
        user = os.environ.get("DB_IAM_USER") or user
    given = {"POSTGRES_HOST": host, "POSTGRES_USER": user, "POSTGRES_DB": dbname}
    problems = [f"{name} is not set" for name, value in given.items() if not value]
    if not iam:
        problems += [*([] if os.environ.get("POSTGRES_PASSWORD") else ["POSTGRES_PASSWORD is not set"])]
    problems += checked_port("POSTGRES_PORT", port)
    if problems:
        raise ConnectError(f"cannot connect, the environment is incomplete or wrong: {'; '.join(problems)}")
    if iam:
        return Login.from_environment(host=host, port=int(port), user=user, dbname=dbname)
    _refuse_in_aws(user, host)
    return _Local(host, int(port), user, dbname, region="none")


def _iam() -> bool:
    said = {name: os.environ[name] for name in _IAM if os.environ.get(name)}
    for name, value in said.items():
        if value.lower() not in _SAID:
            raise ConnectError(f"cannot connect: {name} is {value!r}; allowed: true, false")
    return any(_SAID[value.lower()] for value in said.values())


def _refuse_in_aws(user: str, host: str) -> None:
    if where := _in_aws() or (_is_awss(host) and f"to {host}"):
        raise ConnectError(
            f"cannot connect as {user}: a password is for a developer's own database, and this is AWS ({where}); "
            "allowed: USE_IAM_DB_AUTH=true"
        )


def _is_awss(host: str) -> bool:
    """libpq takes several names in one, and resolvers one with a dot at its end."""
    return any(region_of(name.strip().rstrip(".")) for name in host.split(","))


def _in_aws() -> str | None:
    """By what it can be seen that this runs there."""
    for path in _MACHINE:
        try:
            if path.read_text().lower().startswith(("amazon ec2", "ec2")):
                return str(path)
        except OSError:
            continue
    return next((name for name in _IN_AWS if os.environ.get(name)), None)


@dataclass(frozen=True)
class _Local(Login):
    """A developer's own database. The password is proven, not sent; whose the server is, is not verified."""

    def parameters(self) -> dict[str, Any]:
        _refuse_in_aws(self.user, self.host)  # a login may have been made elsewhere
        given = libpq.parameters(
            host=self.host,
            port=self.port,
            user=self.user,
            dbname=self.dbname,
            password=os.environ["POSTGRES_PASSWORD"],
            application_name=self.application_name,
            roots=Path(),
            scram=True,
        )
        return {**given, "sslmode": "prefer", "sslrootcert": ""}

    def token(self) -> str:
        raise ConnectError(_ONLY_LIBPQ)

    def ssl_context(self) -> "SSLContext":
        raise ConnectError(_ONLY_LIBPQ)


_ONLY_LIBPQ = (
    "a local database's password is for drivers that are libpq, such as psycopg, which prove it without sending it"
)
