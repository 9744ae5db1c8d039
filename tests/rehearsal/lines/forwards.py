"""A person's machine with the AWS command line, whose forwards a stand-in makes (`dev/programs/aws`), and a bastion."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.dev.place import PLACE

PROGRAMS = Path(__file__).parent / "dev" / "programs"
PATIENCE = 60
_TAG = "keyless-bastion"


@dataclass(frozen=True)
class Forwards:
    """A machine with the AWS command line."""

    operator: Operator
    folder: Path

    def variables(self, *, fails: str = "", **more: str) -> dict[str, str]:
        stage = self.operator.stage
        hosts = {one.host: one.address for one in (stage.proxy, stage.database)}
        told = {"hosts": hosts, "log": str(self.folder / "log"), "fails": fails}
        roots = {name: str(stage.roots) for name in ("PGSSLROOTCERT", "MYSQL_SSL_CA")}
        there = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "STAND_IN": json.dumps(told)}
        return {**self.operator.credentials, **roots, **there, **more}

    @property
    def sleep(self) -> str:
        """A query that lasts, of this test's own."""
        return f"SELECT pg_sleep(600) /* {self.folder.name} */"

    @property
    def asked(self) -> dict[str, str]:
        """What the first forward was asked for."""
        return dict(self._lines()[0])

    def processes(self) -> list[int]:
        return [int(line["pid"]) for line in self._lines()]

    def _lines(self) -> list[dict[str, str]]:
        log = self.folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@contextmanager
def bastion_of(stage: Stage) -> Iterator[str]:
    """Tagged as the bastion's stack tags it, beside one of an environment whose name begins alike."""
    ec2 = stage.cloud.client("ec2")
    made = {stack: _instance(ec2, stack) for stack in (f"{PLACE.prefix}-people", f"{PLACE.prefix}-eu-people")}
    yield made[f"{PLACE.prefix}-people"]
    ec2.terminate_instances(InstanceIds=[*made.values()])


def _instance(ec2: object, stack: str) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": _TAG, "Value": stack}]}]
    run = ec2.run_instances  # type: ignore[attr-defined]
    return str(run(ImageId="ami-1", MinCount=1, MaxCount=1, TagSpecifications=tags)["Instances"][0]["InstanceId"])


def gone(*processes: int) -> None:
    """Waits until none of them is there any more."""
    until(lambda: not any(runs(pid) for pid in processes), f"{processes} are still there")


def until(holds: object, otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Nor is what has ended and isn't waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
