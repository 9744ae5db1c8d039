"""The probes on the rehearsal's cloud: the same stack by the same command line, so that a verify is tried before it
meets an account."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.assembly import localise
from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.stage.running import Stage
from keyless.verify.questions import Address


@dataclass(frozen=True)
class RehearsedToolkit:
    app: AppFolder
    cloud: Cloud
    folder: Path
    """For assemblies."""
    progress: Progress

    def deploy(self, plan: Path) -> Mapping[str, str]:
        (outputs,) = self._cdk(plan).deploy().outputs.values()
        return outputs

    def _cdk(self, plan: Path) -> Cdk:
        assembly = self.folder / "verify-localised"
        if not assembly.exists():
            synthesized = self.folder / "verify-synthesized"
            app = f"{sys.executable} -m keyless_aurora.verify"
            synth(self.app, synthesized, {"plan": str(plan), "bundle_for": "host"}, progress=self.progress, app=app)
            localise(synthesized, assembly)
        return Cdk(self.app, self.cloud, assembly, self.progress)


def addresses(stage: Stage) -> Address:
    """Where the stage's endpoints are reached: nothing resolves their names."""
    found = {stage.database.host: stage.database.address}
    if stage.deployed.has_proxy:
        found[stage.proxy.host] = stage.proxy.address
    return lambda host: found.get(host, "")
