"""What another terminal needs of a running rehearsal, in files that only its owner reads. No line on the screen has a
secret."""

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from keyless.rehearsal.deployment import connection
from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.stage.running import Stage

FOLDER: Final = "KEYLESS_REHEARSAL"
"""The environment variable with the folder of the rehearsal that a shell works with."""
_FILE: Final = "rehearsal.json"
_SHELL: Final = "cloud.sh"


class NotRunningError(Exception):
    """There is no rehearsal to work with, or no function of that name in it. Says what is allowed."""


@dataclass(frozen=True)
class Handed:
    """A function: what a process of one's own needs to be it."""

    function: str
    """Its deployed name."""
    handler: str
    source: str
    """Folder of its code; empty where it isn't known."""
    bundle: str
    """Folder of its bundle as deployed, with its requirements."""
    variables: dict[str, str]


@dataclass(frozen=True)
class HandedOver:
    cloud: dict[str, str]
    """The variables of the cloud's root."""
    functions: dict[str, Handed]

    @classmethod
    def of(cls, stage: Stage) -> Self:
        functions = {client.name: _handed(stage, client) for client in stage.deployed.clients}
        return cls(stage.cloud.environment(), functions)

    @classmethod
    def read(cls, folder: str | None) -> Self:
        """Raises NotRunningError."""
        if not folder:
            raise NotRunningError(
                f"{FOLDER} is not set; allowed: first the line `. …/{_SHELL}` that a rehearsal with --keep shows"
            )
        try:
            document = json.loads(Path(folder, _FILE).read_text(encoding="utf-8"))
        except OSError as error:
            raise NotRunningError(f"the rehearsal in {folder} has ended; allowed: one that is running") from error
        return cls(document["cloud"], {name: Handed(**each) for name, each in document["functions"].items()})

    def function(self, name: str) -> Handed:
        """Raises NotRunningError."""
        if name not in self.functions:
            raise NotRunningError(f"no function is called {name!r}; allowed: {', '.join(self.functions)}")
        return self.functions[name]

    def write(self, folder: Path) -> Path:
        """Into the rehearsal's folder; the file for a shell to read."""
        user = ServerUser()
        user.write(folder / _FILE, json.dumps(asdict(self)).encode())
        variables = {**self.cloud, FOLDER: str(folder)}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
        lines.append(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"\n')  # for `python -m …`
        user.write(folder / _SHELL, "".join(lines).encode())
        return folder / _SHELL


def _handed(stage: Stage, client: Client) -> Handed:
    endpoint, configuration = stage.endpoint(client.host), client.function.configuration
    here = {name: value for name, value in stage.cloud.environment().items() if not _is_credential(name)}
    variables: dict[str, Any] = {
        **here,
        **client.function.environment,
        **stage.cloud.role_session(client.function.role).variables,
        **connection.led(client.function.environment, endpoint.address, stage.roots),
        "AWS_LAMBDA_FUNCTION_NAME": client.function.name,
    }
    source = str(stage.app.path / client.source) if client.source else ""
    bundle = str(stage.assembly / client.asset) if client.asset else ""
    return Handed(client.function.name, str(configuration["Handler"]), source, bundle, variables)


def _is_credential(name: str) -> bool:
    return name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
