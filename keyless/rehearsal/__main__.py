"""`make rehearse`: deploy the app on this machine, measure who can do what, take it down.

The exit status is 1 when a line is wrong.
"""

import argparse
import shlex
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.lines import report
from keyless.rehearsal.lines.drift import drift
from keyless.rehearsal.lines.lifecycle import again, going_down
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.postgres import PostgresError
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import DATABASES, PATTERNS, USERS, Variant


def main(arguments: list[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):  # a terminal that is closed must leave nothing behind, either
        signal.signal(number, _terminate)
    progress = _progress(verbose=options.verbose)
    try:
        lines = rehearse(
            options.environment, progress, Variant(options.database, options.pattern, options.users), keep=options.keep
        )
    except (CdkError, CloudError, PostgresError, OSError) as error:
        print(f"the rehearsal could not be held: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        return 130
    if options.json:
        report.write(lines, options.json)
    return status(lines)


def status(lines: list[Line]) -> int:
    """The exit status: 1 when a line is wrong."""
    return 0 if all(line.holds for line in lines) else 1


def rehearse(environment: str, progress: Progress, variant: Variant, *, keep: bool = False) -> list[Line]:
    """The whole rehearsal of one environment; shows the table and returns its lines."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    with Stage(environment, progress, variant) as stage:
        progress("measuring who can do what")
        lines = list(who_can_do_what(stage))
        progress("giving a right by hand, for the drift watch to see")
        lines += drift(stage)
        progress("cdk deploy --all, again")
        lines += again(stage)
        if keep:
            _wait(stage, console)
        progress("cdk destroy")
        lines += going_down(stage)
        roles = len(stage.removed)
    report.show_stand_ins(roles, console)
    report.show(lines, console)
    report.show_unmeasured(variant.unmeasured, console)
    return lines


def _wait(stage: Stage, console: Console) -> None:
    for name, endpoint in (
        (stage.kind, stage.database),
        *((("proxy", stage.proxy),) if stage.deployed.has_proxy else ()),
    ):
        console.print(f"{name} {endpoint.host} at {endpoint.address}")
    console.print(f"cloud {stage.cloud.endpoint_url}; to use it in a shell: . {_credentials(stage)}")
    console.print(f"the superuser's connection string: {stage.postgres.conninfo(database='app')}")
    input("Everything is running. Press Enter to go on to destroy it. ")


def _credentials(stage: Stage) -> Path:
    """A file for a shell to read, with which command lines use the cloud as its root. Only its owner reads it."""
    path = stage.folder / "cloud.sh"
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in stage.cloud.environment().items()]
    ServerUser().write(path, "".join(lines).encode())
    return path


def _progress(*, verbose: bool) -> Progress:
    """Prints each step with the time since the start; details, which are indented, only when asked to."""
    start = time.monotonic()

    def report(line: str) -> None:
        if verbose or not line.startswith(" "):
            print(f"[{time.monotonic() - start:5.1f} s] {line}", file=sys.stderr, flush=True)

    return report


def _terminate(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keyless.rehearsal", description=__doc__)
    parser.add_argument("--environment", default="dev", help="which environment's templates to deploy (default: dev)")
    parser.add_argument(
        "--database", choices=DATABASES, default="aurora", help="which kind of database (default: aurora)"
    )
    parser.add_argument(
        "--pattern", choices=PATTERNS, default="A", help="A: IAM through the proxy, B: a secret through it, C: direct"
    )
    parser.add_argument(
        "--users", choices=USERS, default="", help="how the sample's users log in with C (default: iam)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the evidence to FILE")
    parser.add_argument("--keep", action="store_true", help="wait for Enter before destroying, to look around")
    parser.add_argument("--verbose", action="store_true", help="show the output of the cdk command line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
