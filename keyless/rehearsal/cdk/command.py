"""Bootstraps, deploys and destroys by the real cdk command line, on the emulator only."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.assembly import qualifiers, stack_names
from keyless.rehearsal.cdk.process import Command, CommandError, Progress, started
from keyless.rehearsal.cdk.stack_events import failures, latest_event
from keyless.rehearsal.cdk.tools import CdkError, environment, no_progress
from keyless.rehearsal.emulator.cloud import Cloud

_BOOTSTRAP_TIMEOUT, _DEPLOY_TIMEOUT = 120.0, 600.0
"""Seconds; 7 and 40 are usual."""


@dataclass(frozen=True)
class Deployment:
    """What a deploy did."""

    outputs: Mapping[str, Mapping[str, str]]
    """Stack -> output -> value."""
    changed: tuple[str, ...]
    """The stacks for which CloudFormation has new events: none on a deploy without changes."""


@dataclass(frozen=True)
class Deploying:
    """A deploy that is under way."""

    _command: Command
    _deployed: Callable[[], Deployment]

    @property
    def runs(self) -> bool:
        return self._command.runs

    def wait(self) -> Deployment:
        """What it did, when it has ended. Raises CdkError as `deploy` does."""
        self._command.wait()
        return self._deployed()


class Cdk:
    """The cdk command line on one cloud and one localised assembly (see `assembly.localise`).

    `app` has the program installed. It runs in the folder that holds the assembly, since the cloud's own may belong to
    the functions' user.
    """

    def __init__(self, app: AppFolder, cloud: Cloud, assembly: Path, progress: Progress = no_progress) -> None:
        self._cloud, self._program = cloud, app.tool("cdklocal")
        self._assembly, self._folder = assembly, assembly.parent
        self._progress = progress

    def bootstrap(self) -> None:
        """Deploy the asset bucket and the version that the assembly's templates check. Needed once per cloud."""
        for qualifier in qualifiers(self._assembly):
            stack = f"CDKToolkit-{qualifier}"
            options = ("--qualifier", qualifier, "--toolkit-stack-name", stack)
            where = f"aws://{self._cloud.account}/{self._cloud.region}"
            with self._started(("bootstrap", where, *options), _BOOTSTRAP_TIMEOUT, (stack,)) as command:
                command.wait()

    def deploy(self, *stacks: str, express: bool = False) -> Deployment:
        """Deploy these stacks and what they need; all of them when none is named.

        Args:
            express: as CloudFormation's express mode does; the emulator takes the request and makes no difference.

        Raises:
            CdkError: with CloudFormation's reasons, or the command line's last line when there are none.
        """
        with self.deploying(*stacks, express=express) as deploy:
            return deploy.wait()

    @contextmanager
    def deploying(self, *stacks: str, express: bool = False) -> Iterator[Deploying]:
        """Like `deploy`, beside what the `with` block does, which waits for the end or ends it."""
        outputs = self._folder / "outputs.json"
        outputs.unlink(missing_ok=True)
        before = self._latest()
        options = ("--require-approval", "never", "--outputs-file", str(outputs), "--progress", "events")
        with self._on_app("deploy", stacks, (*options, *(("--express",) if express else ()))) as command:
            yield Deploying(command, lambda: self._deployed(outputs, before))

    def destroy(self, *stacks: str) -> None:
        """Destroy these stacks and what depends on them; all of them when none is named.

        Raises:
            CdkError: with CloudFormation's reasons, or the command line's last line when there are none.
        """
        with self._on_app("destroy", stacks, ("--force",)) as command:
            command.wait()

    def _deployed(self, outputs: Path, before: Mapping[str, str]) -> Deployment:
        after = self._latest()
        found = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
        return Deployment(found, tuple(name for name in after if after[name] != before[name]))

    def _on_app(
        self, command: str, stacks: tuple[str, ...], options: tuple[str, ...]
    ) -> AbstractContextManager[Command]:
        arguments = (command, *(stacks or ("--all",)), "--app", str(self._assembly), *options)
        return self._started(arguments, _DEPLOY_TIMEOUT, stack_names(self._assembly))

    @contextmanager
    def _started(self, arguments: tuple[str, ...], timeout: float, stacks: Iterable[str]) -> Iterator[Command]:
        cloudformation = self._cloud.client("cloudformation")
        before = {name: latest_event(cloudformation, name) for name in stacks}
        command = [str(self._program), *arguments, "--no-notices", "--no-color"]
        aws = self._cloud.environment()
        # cdklocal drops every AWS_ variable that isn't allowed, and would fall back to an account and region of its own
        variables = environment({**aws, "AWS_ENVAR_ALLOWLIST": ",".join(aws)})
        progress = _until_failure(self._progress)
        try:
            with started(
                command, environment=variables, folder=self._folder, timeout=timeout, progress=progress
            ) as running:
                yield running
        except CommandError as error:
            failed = tuple(f for name, since in before.items() for f in failures(cloudformation, name, since))
            raise CdkError("\n".join(map(str, failed)) or str(error), failed) from error

    def _latest(self) -> dict[str, str]:
        cloudformation = self._cloud.client("cloudformation")
        return {name: latest_event(cloudformation, name) for name in stack_names(self._assembly)}


def _until_failure(progress: Progress) -> Progress:
    """Drop what the command line prints after a failure: its own search for the cause, whole logs included."""
    failed = False

    def report(line: str) -> None:
        nonlocal failed
        failed = failed or line.startswith("Failed resources:")
        if not failed:
            progress(line)

    return report
