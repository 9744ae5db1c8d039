"""What a stage has before it deploys: the app synthesized, its database's server started, and the local cloud."""

import getpass
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.assembly import Removed, Target, localise, target, templates
from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.packing import pack
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.cdk.synthesis import synthesizing
from keyless.rehearsal.deployment.engines import PORTS
from keyless.rehearsal.emulator.cloud import NO_ACCOUNT, Cloud
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.own_lines.files import read_all, uncalled
from keyless.rehearsal.own_lines.model import RehearsalFile
from keyless.rehearsal.stage.databases import choosing
from keyless.rehearsal.stage.databases.database import Database
from keyless.rehearsal.stage.variant import Variant


@dataclass(frozen=True)
class Server:
    database: Database
    addresses: tuple[str, ...]
    """For the endpoints in front of it: the database's and the proxy's."""


@dataclass(frozen=True)
class Prepared:
    assembly: Path
    """Of the cdk, as this machine can deploy it."""
    removed: tuple[Removed, ...]
    """What can't be deployed here."""
    server: Server
    cloud: Cloud
    own_files: Mapping[str, RehearsalFile]
    cdk: Cdk


@dataclass(frozen=True)
class Preparation:
    app: AppFolder
    environment: str
    variant: Variant
    folder: Path
    """The stage's own."""
    stack: ExitStack
    """Ends what is started."""
    progress: Progress

    def run(self) -> Prepared:
        """Raises RehearsalFileError, before anything is deployed."""
        output, assembly = self.folder / "cdk.out", self.folder / "localised"
        server = self._synthesized(output)
        cloud = self._cloud(target(output))
        removed = localise(output, assembly)
        pack(assembly)
        own_files = self._own_files(templates(assembly), server.database.label)
        return Prepared(assembly, removed, server, cloud, own_files, Cdk(self.app, cloud, assembly, self._detail))

    def _synthesized(self, output: Path) -> Server:
        """The server that the variant lets expect is started meanwhile, and another if the templates say another."""
        self.progress(f"synthesizing the {self.environment} environment: cdk synth, with its checks")
        context = {"environment": self.environment, "bundle_for": "host", **self.variant.context}
        started = self.stack.enter_context(ExitStack())
        with synthesizing(self.app, output, context, progress=self._detail) as synthesized:
            server = self._started(choosing.expected(self.variant.database), started, when=" meanwhile")
            synthesized()
        declared = choosing.declared(templates(output), server.database)
        if declared is server.database:
            return server
        started.close()
        return self._started(declared, started)

    def _started(self, database: Database, stack: ExitStack, *, when: str = "") -> Server:
        addresses = free_loopback_addresses(3, PORTS[database.family])
        self.progress(f"starting {database.label}{when}")
        stack.enter_context(database.running)
        return Server(database, addresses)

    def _cloud(self, where: Target) -> Cloud:
        self.progress(f"starting the local cloud, {where.region}")
        cloud = self.stack.enter_context(Cloud(account=where.account or NO_ACCOUNT, region=where.region))
        if cloud.runs_as_us:
            self.progress(f"warning: functions run as you, {getpass.getuser()}: rehearse only code that you trust")
        return cloud

    def _own_files(self, synthesized: Sequence[Mapping[str, object]], server: str) -> Mapping[str, RehearsalFile]:
        files = read_all(self.app.path, synthesized, server)
        for path in uncalled(self.app.path, synthesized):
            self.progress(f"warning: {path} calls nothing: no function of this environment has its code there")
        return files

    def _detail(self, line: str) -> None:
        self.progress(f"  {line}")
