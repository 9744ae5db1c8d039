"""The cdk command line on the account of the current credentials."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.process import CommandError, Progress, run

_SECONDS = 1800.0


class ToolkitError(Exception):
    """cdk failed. Says what it printed at the end."""


@dataclass(frozen=True)
class AccountToolkit:
    app: AppFolder
    """Whose cdk command line this is."""
    folder: Path
    """For what it writes."""
    stack: str
    progress: Progress

    def deploy(self, plan: Path) -> Mapping[str, str]:
        outputs = self.folder / "outputs.json"
        app = f"{sys.executable} -m keyless_aurora.verify"
        settings = ("--app", app, "--output", str(self.folder / "cdk.out"), "-c", f"plan={plan}", "--no-notices")
        options = ("--require-approval", "never", "--outputs-file", str(outputs))
        self._run(str(self.app.tool("cdk")), "deploy", *settings, *options)
        return dict(json.loads(outputs.read_text(encoding="utf-8"))[self.stack])

    def _run(self, *command: str) -> None:
        try:
            run(
                command,
                environment={**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "1"},
                folder=self.folder,
                timeout=_SECONDS,
                progress=self.progress,
            )
        except CommandError as error:
            raise ToolkitError("\n".join([*error.output[-20:], str(error)])) from error
