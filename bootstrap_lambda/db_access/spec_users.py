"""The part of a spec about who: users."""

from typing import Literal

from pydantic import Field

from db_access.spec_grants import Grant
from db_access.spec_model import Identifier, Model, RoleName


class User(Model):
    """A role that logs in with an IAM token (`iam`), or not at all (`none`)."""

    username: RoleName
    auth_method: Literal["iam", "none"] = "iam"
    can_login: bool = True
    enabled: bool = True
    """false: NOLOGIN, grants kept."""
    connection_limit: int = Field(default=-1, ge=-1, le=262143)
    """Concurrent sessions; -1 is no limit."""
    databases: tuple[Identifier, ...] = ()
    """Databases beyond those of the grants that the user may connect to."""
    privileges: tuple[Literal["CONNECT", "CREATE", "TEMPORARY"], ...] = ("CONNECT",)
    """Privileges on each of those databases."""
    description: str = Field(default="", max_length=1000, pattern=r"^[^\x00\[\]]*$")
    grants: tuple[Grant, ...] = ()

    @property
    def logs_in(self) -> bool:
        return self.auth_method == "iam" and self.can_login and self.enabled
