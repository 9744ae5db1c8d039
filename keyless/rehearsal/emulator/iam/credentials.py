"""Credentials of the emulated cloud: of a deployed role's session, or of the account's root."""

import secrets
from dataclasses import dataclass

from botocore.credentials import Credentials


@dataclass(frozen=True)
class RoleSession:
    """Temporary credentials of a deployed role, or the root's."""

    access_key_id: str
    secret_access_key: str
    session_token: str

    @classmethod
    def random(cls) -> "RoleSession":
        """New ones, that nobody can guess."""
        return cls(f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(90))

    @property
    def credentials(self) -> Credentials:
        """For botocore's signers."""
        return Credentials(self.access_key_id, self.secret_access_key, self.session_token or None)

    @property
    def variables(self) -> dict[str, str]:
        """For command lines and SDKs."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }

    def __repr__(self) -> str:
        return f"RoleSession({self.access_key_id})"
