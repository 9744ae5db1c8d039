"""The rehearsal's cloud: ministack on loopback with IAM enforced, for as long as a `with` block lasts.

Two can run at once; nothing of one is left when its block ends, or when this process dies.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config

from keyless.rehearsal.emulator.control.client import CloudError
from keyless.rehearsal.emulator.iam.credentials import RoleSession
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.emulator.process import CloudProcess
from keyless.rehearsal.emulator.user_agent import REHEARSAL
from keyless.rehearsal.os_user import ServerUser

__all__ = ["Cloud", "CloudError", "RoleSession"]

_NOTHING_CONFIGURED = {
    name: (None, None, None, None) for name in ("profile", "config_file", "credentials_file", "ca_bundle")
}
"""The operator's AWS profile and files must not be read."""

NO_ACCOUNT = "000000000000"
"""Where an app names none."""


class Cloud:
    """A cloud of one account and region. Start it with `with Cloud() as cloud:`.

    Raises CloudError, with the end of its log, when it doesn't start or has ended.
    """

    def __init__(self, *, account: str = NO_ACCOUNT, region: str = "us-east-1") -> None:
        self.account = account
        self.region = region
        self._process: CloudProcess | None = None
        self._root = RoleSession.random()
        self._session = boto3.session.Session(
            botocore_session=botocore.session.Session(session_vars=_NOTHING_CONFIGURED)
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._process = CloudProcess(self.account, self.region)
        try:
            self._request("root", **dataclasses.asdict(self._root), account=self.account)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, its functions and its folder. Once stopped, stopping again does nothing."""
        process, self._process = self._process, None
        if process:
            process.close()

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._running.port}"

    @property
    def folder(self) -> Path:
        """The private folder that goes when the cloud goes."""
        return self._running.folder

    @property
    def runs_as_us(self) -> bool:
        """Whether functions run as the current user: as nobody else, or because no other can run this Python."""
        return self._running.user.uid is None

    @property
    def user(self) -> ServerUser:
        """Who runs functions, and whatever else is rehearsed."""
        return self._running.user

    def log_tail(self) -> str:
        """The end of its log, as a sentence."""
        return self._running.log_tail()

    def environment(self) -> dict[str, str]:
        """The AWS_* variables with which command lines and SDKs use this cloud, as the account's root.

        They are a secret: for the environment of a process, or a file that only its owner reads.
        """
        return {
            **self._root.variables,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, credentials: RoleSession | None = None, *, read_timeout: int = 120) -> Any:
        """A boto3 client of this cloud, as the account's root or as a role, that waits `read_timeout` seconds."""
        who = credentials or self._root
        return self._session.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            aws_session_token=who.session_token or None,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout, user_agent_extra=REHEARSAL),
        )

    def judge(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        """Whether the token may connect, by the policies as deployed now. See `verdict.Judge`."""
        login = {"token": token, "host": host, "port": port, "user": user, "resource_id": resource_id}
        return Verdict(**self._request("judge", **login, account=self.account, region=self.region))

    def role_session(self, role_arn: str, service: str = "lambda.amazonaws.com") -> RoleSession:
        """Credentials of a deployed role, as the service that the role is for would get them.

        Raises:
            CloudError: the role does not exist, or doesn't trust `service`.
        """
        found = self._request("session", role_arn=role_arn, service=service, region=self.region)
        return RoleSession(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], found["AWS_SESSION_TOKEN"])

    def set_endpoints(self, table: Mapping[str, tuple[str, Path]]) -> None:
        """Database host name -> loopback address and CA file, for functions whose PGHOST names the host.

        A function reads it when its process starts: set it before the function is first invoked.
        """
        places = {
            host: {"address": address, "authority": ca_file.read_text(encoding="ascii")}
            for host, (address, ca_file) in table.items()
        }
        self._request("endpoints", table=places)

    def throttle(self, calls: int, *besides: str) -> None:
        """Refuse the first calls of each service but those `besides` from now on; the rehearsal's own don't count."""
        self._request("throttle", calls=calls, besides=besides)

    def pause_after(self, stack: str) -> None:
        """Keep back the answer to who next deploys this stack, so that nothing comes after it until `go_on`."""
        self._request("pause", stack=stack)

    def go_on(self) -> None:
        self._request("go on")

    def _request(self, operation: str, **arguments: Any) -> Any:
        return self._running.channel.request(operation, **arguments)

    @property
    def _running(self) -> CloudProcess:
        if self._process is None:
            raise CloudError("the rehearsal's cloud is not running: use it inside its `with` block")
        return self._process
