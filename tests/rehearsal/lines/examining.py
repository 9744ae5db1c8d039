"""`keyless doctor` on the stage: in this process, as somebody who may ask what it asks and log in as the writer."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyless.cli.app import command
from keyless.doctor.account.actions import ACTIONS
from keyless.preflight.account.actions import right
from keyless.rehearsal.stage.running import Stage
from keyless_client import secret
from tests.app.app import HERE
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.lines.dev.place import PLACE

SPEC = str(Path(HERE, "config", "access.yaml"))
_SERVICE = "lambda.amazonaws.com"
_LOOK = (
    "cloudformation:DescribeStacks",
    "kms:Decrypt",
    *(right(s, one) for s, own in ACTIONS.items() for one in sorted(own)),
)
_OURS = ("PG", "AWS_", "POSTGRES_", "DB_")


@dataclass(frozen=True)
class Report:
    status: int
    wrong: str | None
    hops: Mapping[str, Mapping[str, Any]]
    """In their order."""
    text: str
    """All that was written, with stderr."""

    def verdict(self, hop: str) -> str:
        return str(self.hops[hop]["verdict"])

    def all(self, verdict: str) -> list[str]:
        return [name for name, hop in self.hops.items() if hop["verdict"] == verdict]

    @property
    def answered(self) -> str:
        """Of the hop that is wrong."""
        return str(self.hops[str(self.wrong)]["answered"])

    @property
    def fix(self) -> str:
        return str(self.hops[str(self.wrong)]["fix"])


@dataclass(frozen=True)
class Examining:
    stage: Stage
    role: str
    capture: "pytest.CaptureFixture[str]"
    passwords: tuple[str, ...] = ()
    """That are never to be shown."""

    @property
    def name(self) -> str:
        return self.role.rpartition("/")[2]

    @property
    def actions(self) -> tuple[str, ...]:
        """All that docs/doctor.md lists."""
        return _LOOK

    def may(self, *actions: str) -> None:
        """Take these actions beside logging in as the writer and the master."""
        look = [{"Action": list(actions), "Resource": "*"}] if actions else []
        allow(self.stage.cloud, self.name, *self._logins(), *look)

    def look(self, *arguments: str, **variables: str) -> Report:
        """Each name of an endpoint resolves to its stand-in."""
        self.capture.readouterr()
        status = self.run("--json", *arguments, **variables)
        out, err = self.capture.readouterr()
        assert out, err
        assert not any(secret in out + err for secret in self.secrets(variables)), "a secret is shown"
        found = json.loads(out)
        return Report(status, found["wrong"], {one.pop("hop"): one for one in found["hops"]}, out + err)

    def run(self, *arguments: str, **variables: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(_OURS)]:
                patch.delenv(name)
            for name, value in {**self.variables, **variables}.items():
                patch.setenv(name, value)
            patch.setattr(socket, "getaddrinfo", self._resolved)
            patch.setattr(secret, "_passwords", {})  # a process of its own has read none
            return int(command().main(["doctor", *arguments], prog_name="keyless", standalone_mode=False))

    def secrets(self, variables: Mapping[str, str]) -> list[str]:
        """Parts of tokens and passwords, of which none may be shown."""
        said = [variables[name] for name in ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY") if variables.get(name)]
        return [*said, "X-Amz-Signature", "X-Amz-Security-Token", *self.passwords]

    @property
    def variables(self) -> dict[str, str]:
        session = self.stage.cloud.role_session(self.role, _SERVICE)
        return {**self.stage.cloud.environment(), **session.variables, "PGSSLROOTCERT": str(self.stage.roots)}

    def _resolved(self, host: str | bytes, port: int, *arguments: Any, **named: Any) -> list[Any]:
        """The resolver of the VPC, which knows the endpoints of RDS."""
        name = host.decode() if isinstance(host, bytes) else host
        known = {endpoint.host: endpoint.address for endpoint in self.stage.places.values()}
        if name in known or name.replace(".", "").isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known.get(name, name), port))]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def _logins(self) -> list[dict[str, Any]]:
        begin = f"arn:aws:rds-db:{PLACE.region}:{self.stage.cloud.account}:dbuser"
        database = self.stage.database.resource_id
        users = [(database, self.stage.deployed.database.master), (database, "lambda_writer")]
        users += [(self.stage.proxy.resource_id, user) for user in ("lambda_writer", "drift_watch")]
        return [{"Action": "rds-db:connect", "Resource": [f"{begin}:{there}/{user}" for there, user in users]}]


@contextmanager
def examining_of(stage: Stage, capture: "pytest.CaptureFixture[str]", *passwords: str) -> Iterator[Examining]:
    made = Examining(stage, create_role(stage.cloud, "examiner", _SERVICE), capture, passwords)
    made.may(*made.actions)
    try:
        yield made
    finally:
        iam = stage.cloud.client("iam")
        iam.delete_role_policy(RoleName=made.name, PolicyName="inline")
        iam.delete_role(RoleName=made.name)
