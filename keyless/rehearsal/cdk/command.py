"""Synthesizes, bootstraps, deploys and destroys by the real cdk command line; deploying goes to a rehearsal's cloud
only."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.cdk.assembly import stack_names
from keyless.rehearsal.cdk.process import CommandError, Progress, run
from keyless.rehearsal.cdk.stack_events import Failure, failures, latest_event
from keyless.rehearsal.emulator.cloud import Cloud

_ROOT = Path(__file__).resolve().parents[3]
_TOOLS = _ROOT / "node_modules" / ".bin"
_SYNTH_TIMEOUT, _BOOTSTRAP_TIMEOUT, _DEPLOY_TIMEOUT = 300.0, 120.0, 600.0  # seconds; usual: 12, 7 and 40


class CdkError(Exception):
    """A cdk command failed. `failures` holds what CloudFormation's events give as reasons, the first cause first."""

    def __init__(self, message: str, failed: tuple[Failure, ...] = ()) -> None:
        super().__init__(message)
        self.failures = failed


@dataclass(frozen=True)
class Deployment:
    """What a deploy did."""

    outputs: Mapping[str, Mapping[str, str]]
    """Stack -> output -> value."""
    changed: tuple[str, ...]
    """The stacks for which CloudFormation has new events: none on a deploy without changes."""


def silent(line: str) -> None:
    """The progress callback of those who want none."""


def synth(output: Path, context: Mapping[str, str], *, progress: Progress = silent, app: str | None = None) -> None:
    """Synthesize the project (or `app`, a command) into the folder `output`, offline and without credentials.

    Raises:
        CdkError: with the last line the command line said.
    """
    settings = [argument for name, value in context.items() for argument in ("-c", f"{name}={value}")]
    own = ["--app", app] if app else []
    command = [
        "synth",
        "--quiet",
        "--strict",
        "--no-lookups",
        "--no-notices",
        "--no-color",
        "-o",
        str(output),
        *settings,
        *own,
    ]
    try:
        run(
            [str(_TOOLS / "cdk"), *command],
            environment=_environment({}),
            folder=_ROOT,
            timeout=_SYNTH_TIMEOUT,
            progress=progress,
        )
    except CommandError as error:
        raise CdkError(f"{error}\n" + "\n".join(error.output)) from error


class Cdk:
    """The cdk command line on one cloud and one localised assembly (see `assembly.localise`)."""

    def __init__(self, cloud: Cloud, assembly: Path, progress: Progress = silent) -> None:
        self._cloud = cloud
        self._assembly = assembly
        self._progress = progress

    def bootstrap(self) -> None:
        """What `cdk bootstrap` deploys: the asset bucket and the version that templates check. Needed once per
        cloud."""
        self._run(
            ("bootstrap", f"aws://{self._cloud.account}/{self._cloud.region}"), _BOOTSTRAP_TIMEOUT, ("CDKToolkit",)
        )

    def deploy(self, *stacks: str) -> Deployment:
        """Deploy these stacks and what they need; all of them when none is named.

        Raises:
            CdkError: with CloudFormation's reasons, or the last line the command line said when there are none.
        """
        outputs = self._cloud.folder / "outputs.json"
        outputs.unlink(missing_ok=True)
        before = self._latest()
        self._run(
            (
                "deploy",
                *_chosen(stacks),
                "--app",
                str(self._assembly),
                "--require-approval",
                "never",
                "--outputs-file",
                str(outputs),
                "--progress",
                "events",
            ),
            _DEPLOY_TIMEOUT,
            stack_names(self._assembly),
        )
        after = self._latest()
        found = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
        return Deployment(found, tuple(name for name in after if after[name] != before[name]))

    def destroy(self, *stacks: str) -> None:
        """Destroy these stacks and what depends on them; all of them when none is named.

        Raises:
            CdkError: with CloudFormation's reasons, or the last line the command line said when there are none.
        """
        arguments = ("destroy", *_chosen(stacks), "--app", str(self._assembly), "--force")
        self._run(arguments, _DEPLOY_TIMEOUT, stack_names(self._assembly))

    def _run(self, arguments: tuple[str, ...], timeout: float, stacks: Iterable[str]) -> None:
        cloudformation = self._cloud.client("cloudformation")
        before = {name: latest_event(cloudformation, name) for name in stacks}
        command = [str(_TOOLS / "cdklocal"), *arguments, "--no-notices", "--no-color"]
        # cdklocal drops every AWS_ variable that isn't allowed, and would fall back to an account and region of its own
        environment = _environment(
            {**self._cloud.environment(), "AWS_ENVAR_ALLOWLIST": ",".join(self._cloud.environment())}
        )
        try:
            run(
                command,
                environment=environment,
                folder=self._cloud.folder,
                timeout=timeout,
                progress=_until_failure(self._progress),
            )
        except CommandError as error:
            failed = tuple(f for name, since in before.items() for f in failures(cloudformation, name, since))
            raise CdkError("\n".join(map(str, failed)) or str(error), failed) from error

    def _latest(self) -> dict[str, str]:
        cloudformation = self._cloud.client("cloudformation")
        return {name: latest_event(cloudformation, name) for name in stack_names(self._assembly)}


def _until_failure(progress: Progress) -> Progress:
    """What the command line says after a failure is its own search for the cause, whole logs included; CdkError is
    shorter."""
    over = False

    def tell(line: str) -> None:
        nonlocal over
        over = over or line.startswith("Failed resources:")
        if not over:
            progress(line)

    return tell


def _chosen(stacks: tuple[str, ...]) -> tuple[str, ...]:
    return stacks or ("--all",)


def _environment(aws: Mapping[str, str]) -> dict[str, str]:
    """The operator's environment without anything of AWS, this Python first on the path, nothing told to anyone."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_DEFAULT_"))}
    nowhere = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    quiet = {
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "NODE_NO_WARNINGS": "1",
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)])
    return {**own, **nowhere, **quiet, **aws, "PATH": path}
