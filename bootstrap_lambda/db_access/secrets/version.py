"""Secrets Manager's side of a rotation: the coming version of a secret, its labels and its value. Shows no value."""

import json
import secrets
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from db_access.errors import RotationError, SecretError
from db_access.secrets.reading import version_of

_LENGTH: Final = 40
"""Letters and digits: 238 bits, and nothing that a URL or a shell would read otherwise."""
_ID_LENGTHS: Final = range(32, 65)
"""Of a version's id (API reference, GetSecretValue); a comment may say anything."""
_NOT_FOUND: Final = "ResourceNotFoundException"


@dataclass(frozen=True)
class Login:
    username: str
    password: str = field(repr=False)
    database: str | None


@dataclass(frozen=True)
class Version:
    """The version `id` of the secret `arn`; `client` is one of Secrets Manager."""

    arn: str
    id: str
    client: Any = field(repr=False)

    def current(self) -> bool:
        """Whether it is AWSCURRENT already.

        Raises:
            RotationError: unless it is that or AWSPENDING, of a secret whose rotation is on.
        """
        about = self._described()
        if about.get("RotationEnabled") is False:
            raise RotationError(f"secret {self.arn} is not rotated; allowed: one with a rotation schedule")
        stages = about.get("VersionIdsToStages", {}).get(self.id)
        if stages is None:
            raise RotationError(
                f"secret {self.arn} has no version {self.id}; allowed: the one that Secrets Manager has staged "
                "AWSPENDING"
            )
        if "AWSCURRENT" in stages:
            return True
        if "AWSPENDING" not in stages:
            raise RotationError(
                f"version {self.id} of secret {self.arn} is staged {', '.join(stages)}; allowed: AWSPENDING"
            )
        return False

    def create(self) -> None:
        """Give it a value: that of AWSCURRENT with another password. One that has a value keeps it."""
        if self.has_value():
            return
        document = self._document(VersionStage="AWSCURRENT")
        _login(self.arn, document)  # or a rotation would begin that can't end
        value = json.dumps({**document, "password": _new_password()})
        with self._asked("be given a value", "PutSecretValue"):
            self.client.put_secret_value(
                SecretId=self.arn, ClientRequestToken=self.id, SecretString=value, VersionStages=["AWSPENDING"]
            )

    def has_value(self) -> bool:
        return self._value(VersionId=self.id, VersionStage="AWSPENDING") is not None

    def login(self) -> Login:
        return _login(self.arn, self._document(VersionId=self.id))

    def pending(self) -> Login:
        """Its login.

        Raises:
            RotationError: when it is another user's than AWSCURRENT is.
        """
        pending, current = self.login(), self.current_login()
        if pending.username != current.username:
            raise RotationError(
                f"version {self.id} of secret {self.arn} is for user {pending.username!r}, and AWSCURRENT for "
                f"{current.username!r}; allowed: the same user"
            )
        return pending

    def current_login(self) -> Login:
        return _login(self.arn, self._document(VersionStage="AWSCURRENT"))

    @property
    def mark(self) -> str:
        """As the role's comment names it."""
        return version_of(self.arn, self.id)

    def is_beside(self, mark: str) -> bool:
        """Whether the same secret has, or had, the version that a role's comment names."""
        version = mark.partition(" ")[0]
        if mark != version_of(self.arn, version):
            return False
        if version in self._described().get("VersionIdsToStages", {}):
            return True
        return (
            len(version) in _ID_LENGTHS and self._value(VersionId=version) is not None
        )  # one that has no label any more

    def make_current(self) -> None:
        """Move AWSCURRENT here, unless it is here."""
        stages = self._described().get("VersionIdsToStages", {})
        now = next((version for version, labels in stages.items() if "AWSCURRENT" in labels), None)
        if now == self.id:
            return
        with self._asked("become AWSCURRENT", "UpdateSecretVersionStage"):
            self.client.update_secret_version_stage(
                SecretId=self.arn,
                VersionStage="AWSCURRENT",
                MoveToVersionId=self.id,
                **({"RemoveFromVersionId": now} if now else {}),
            )

    def _described(self) -> Mapping[str, Any]:
        with self._asked("be described", "DescribeSecret"):
            found: Mapping[str, Any] = self.client.describe_secret(SecretId=self.arn)
        return found

    def _document(self, **which: str) -> dict[str, Any]:
        try:
            document = json.loads(self._value(**which) or "")
        except (ValueError, RecursionError):
            document = None  # raised below, where it is no cause: it holds the value
        if not isinstance(document, dict):
            raise SecretError(
                f"secret {self.arn} has no JSON object in {' '.join(which.values())}; allowed: one with username and "
                "password"
            )
        return document

    def _value(self, **which: str) -> str | None:
        """None: no such version, or one that Secrets Manager has prepared and nobody has given a value."""
        from botocore.exceptions import ClientError

        with self._asked("be read", "GetSecretValue"):
            try:
                value: str | None = self.client.get_secret_value(SecretId=self.arn, **which).get("SecretString")
                return value
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != _NOT_FOUND:
                    raise
        return None

    @contextmanager
    def _asked(self, what: str, action: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            raise SecretError(
                f"secret {self.arn} can't {what} ({code}); allowed: one that exists and that {action} is allowed on"
            ) from error
        except BotoCoreError as error:
            raise SecretError(f"secret {self.arn} can't {what}: {error}") from error


def _new_password() -> str:
    """Made here: the right to have Secrets Manager make one, GetRandomPassword, can't be narrower than `*`."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_LENGTH))


def _login(arn: str, document: Mapping[str, Any]) -> Login:
    username, password, database = (document.get(name) for name in ("username", "password", "dbname"))
    if not isinstance(username, str) or not username or not isinstance(password, str) or not password:
        raise SecretError(
            f"secret {arn} has no username or no password; allowed: a JSON object with both, and perhaps dbname"
        )
    return Login(username, password, database if isinstance(database, str) and database else None)
