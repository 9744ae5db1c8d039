"""Whose login is looked at, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from keyless.doctor.account.endpoints import Site
from keyless_client.login import Login
from keyless_client.trust import is_proxy

_HERE: Final = "this machine"


@dataclass(frozen=True)
class Function:
    """A deployed function that logs in."""

    name: str
    role: str
    """Its ARN."""
    site: Site | None
    """None outside every VPC."""

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> "Function":
        """As GetFunctionConfiguration answers."""
        place = configuration.get("VpcConfig", {})
        site = Site(tuple(place.get("SubnetIds", ())), tuple(place.get("SecurityGroupIds", ())))
        return cls(configuration["FunctionName"], configuration["Role"], site if site.subnets else None)


@dataclass(frozen=True)
class Path:
    login: Login
    token: bool
    """Whether the user shows a token; otherwise it has a password."""
    function: Function | None = None
    """None: the login is made here, with the credentials of this process."""
    aws: bool = True
    """Whether the account can be asked of it."""
    environment: str = ""
    """The deployed one; empty where libpq's variables say where."""
    said_token: str = field(default="", repr=False)
    """What PGPASSWORD has, if that is a token."""
    address: str = ""
    """PGHOSTADDR: where the endpoint is, at the end of a tunnel."""
    port: int = 5432
    """That port, which may be a tunnel's; the login's own is what its token is for."""
    socket: bool = False
    """Whether the server is on this machine, at a socket's file."""
    verifies: bool = True
    """Whether the server's certificate and name are verified; PGSSLMODE may say less."""

    @property
    def proxy(self) -> bool:
        return is_proxy(self.login.host)

    @property
    def tried(self) -> bool:
        """Whether the login itself can be made here: a token of a function's role only the function can sign."""
        return self.function is None or not self.token

    @property
    def there(self) -> str:
        return f"{self.login.host}:{self.login.port}" if self.login.host else "this machine"

    @property
    def whose(self) -> str:
        return self.function.name if self.function else _HERE
