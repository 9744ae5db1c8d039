"""Synthesizes the app by the real cdk command line, offline and without credentials."""

from collections.abc import Mapping
from pathlib import Path

from keyless.rehearsal.cdk.process import CommandError, Progress, run
from keyless.rehearsal.cdk.tools import CDK, ROOT, CdkError, environment, no_progress

_TIMEOUT = 300.0
"""Seconds; 12 are usual."""
_OPTIONS = ("--quiet", "--strict", "--no-lookups", "--no-notices", "--no-color")


def synth(
    output: Path, context: Mapping[str, str], *, progress: Progress = no_progress, app: str | None = None
) -> None:
    """Synthesize the project (or `app`, a command) into the folder `output`.

    Raises:
        CdkError: with the output of the command line.
    """
    settings = [argument for name, value in context.items() for argument in ("-c", f"{name}={value}")]
    other_app = ["--app", app] if app else []
    command = [str(CDK), "synth", *_OPTIONS, "-o", str(output), *settings, *other_app]
    try:
        run(command, environment=environment({}), folder=ROOT, timeout=_TIMEOUT, progress=progress)
    except CommandError as error:
        raise CdkError(f"{error}\n" + "\n".join(error.output)) from error
