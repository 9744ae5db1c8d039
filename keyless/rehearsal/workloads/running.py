"""Starts a workload as its template has it, in a folder of its own, with its settings and its role's credentials."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keyless_client
from keyless.rehearsal.deployment import connection
from keyless.rehearsal.deployment.kinds import SERVICE
from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.emulator.cloud import Cloud, RoleSession
from keyless.rehearsal.emulator.services.functions import resolving
from keyless.rehearsal.workloads.command import command
from keyless.rehearsal.workloads.credentials.instances import InstanceMetadata
from keyless.rehearsal.workloads.credentials.tasks import TaskCredentials
from keyless.rehearsal.workloads.guard import guarded
from keyless.rehearsal.workloads.process import Process

Credentials = TaskCredentials | InstanceMetadata
_PYTHON: Final = "python"
_NOT_CODE: Final = shutil.ignore_patterns("__pycache__", ".*", "*.whl")


@dataclass(frozen=True)
class Running:
    process: Process
    credentials: Credentials
    """Where it gets them."""


@contextmanager
def running(cloud: Cloud, workload: Workload, code: Path, *, address: str, roots: Path) -> Iterator[Running]:
    """The workload's process, until the block ends.

    Args:
        code: the folder of its code; a copy runs.
        address: the loopback address of the endpoint that its settings name.
        roots: PEM file to verify that with.

    Raises:
        StartError: it doesn't start.
    """
    with tempfile.TemporaryDirectory(prefix="keyless-workload-") as made:
        folder = Path(made, "code")
        shutil.copytree(code, folder, ignore=_NOT_CODE)
        shutil.copy(roots, Path(made, "roots.pem"))
        _resolving(Path(made, _PYTHON))
        cloud.user.own(Path(made))
        source = credentials(cloud, workload)
        with source.served() as found, Path(made, "log").open("xb+") as log:
            told = connection.led(workload.settings, address, Path(made, "roots.pem"))
            variables = {**_machine(cloud, workload, Path(made)), **workload.settings, **found, **told}
            process = Process(command(workload, folder), folder, variables, cloud.user, log)
            with guarded(process.group, Path(made)), closing(process):
                process.wait()
                yield Running(process, source)


def credentials(cloud: Cloud, workload: Workload) -> Credentials:
    def session() -> RoleSession:
        return cloud.role_session(workload.role, workload.kind.trusted)

    if workload.metadata is None:
        return TaskCredentials(workload.role, session)
    return InstanceMetadata(workload.role, session, workload.metadata)


def _machine(cloud: Cloud, workload: Workload, home: Path) -> dict[str, str]:
    """Nothing of the operator's environment but PATH. ECS tells a task its region, and nobody tells it an instance."""
    region = {"AWS_REGION": cloud.region, "AWS_DEFAULT_REGION": cloud.region} if workload.kind is SERVICE else {}
    return {
        **region,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join([str(home / _PYTHON), _client()]),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": cloud.endpoint_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _resolving(folder: Path) -> None:
    """Has each Python that is started with the folder in its path resolve the endpoint's name as it is told: what a
    machine in the network does by DNS."""
    folder.mkdir()
    code = Path(resolving.__file__).read_text(encoding="utf-8")
    (folder / "sitecustomize.py").write_text(f"{code}\n\n{resolving.resolve_as_told.__name__}()\n", encoding="utf-8")


def _client() -> str:
    """Where keyless_client is: an image brings it as a wheel."""
    return str(Path(keyless_client.__file__).parents[1])
