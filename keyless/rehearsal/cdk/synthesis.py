"""Synthesizes the app by the real cdk command line, offline and without credentials."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.process import Command, CommandError, Progress, started
from keyless.rehearsal.cdk.tools import CdkError, environment, no_progress

_TIMEOUT = 300.0
"""Seconds; 12 are usual."""
_OPTIONS = ("--quiet", "--strict", "--no-lookups", "--no-notices", "--no-color")


def synth(
    folder: AppFolder,
    output: Path,
    context: Mapping[str, str],
    *,
    progress: Progress = no_progress,
    app: str | None = None,
) -> None:
    """Synthesize the app of `folder` (or `app`, a command) into the folder `output`.

    Raises:
        AppError: the cdk command line is not installed there.
        CdkError: with the output of the command line.
    """
    with synthesizing(folder, output, context, progress=progress, app=app) as synthesized:
        synthesized()


@contextmanager
def synthesizing(
    folder: AppFolder,
    output: Path,
    context: Mapping[str, str],
    *,
    progress: Progress = no_progress,
    app: str | None = None,
) -> Iterator[Callable[[], None]]:
    """Like `synth`, beside what the block does: the call that it yields waits for the end, and raises CdkError."""
    settings = [argument for name, value in context.items() for argument in ("-c", f"{name}={value}")]
    other_app = ["--app", app] if app else []
    command = [str(folder.tool("cdk")), "synth", *_OPTIONS, "-o", str(output), *settings, *other_app]
    with started(
        command, environment=environment({}), folder=folder.path, timeout=_TIMEOUT, progress=progress
    ) as synth:
        yield lambda: _synthesized(synth)


def _synthesized(synth: Command) -> None:
    try:
        synth.wait()
    except CommandError as error:
        raise CdkError(f"{error}\n" + "\n".join(error.output)) from error
