"""`python -m keyless.preflight --environment ENV`: what would fail a deploy of the cloud assembly to the account of the
current credentials. Reads only.

exit status: 0 nothing that was seen would fail it; 1 something would, or there are no credentials; 2 there is no
assembly of ENV.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from keyless.output_file import json_file
from keyless.preflight import report
from keyless.preflight.account.connection import Connections
from keyless.preflight.account.identity import CredentialsError
from keyless.preflight.look import look, without_credentials
from keyless.preflight.planned.assembly import AssemblyError, refuse_others, stacks
from keyless.preflight.planned.stack import Stack
from keyless.preflight.planned.target import targets


def main(arguments: Sequence[str] | None = None) -> int:
    """Show what was found; the exit status as the module says."""
    options = _parser().parse_args(arguments)
    if options.credentials_only:
        return _credentials(options.environment)
    try:
        planned = stacks(options.assembly)
        refuse_others(options.environment, planned, options.assembly)
        results = _results(options.environment, planned)
    except AssemblyError as error:
        print(f"keyless.preflight: {error}", file=sys.stderr)
        return 2
    _show(results, options.environment)
    if options.json:
        report.write(results, options.environment, options.json)
    return 1 if report.failures(results) else 0


def _credentials(environment: str) -> int:
    try:
        Connections().refuse_none()
    except CredentialsError as error:
        _show({"this account": without_credentials(error)}, environment)
        return 1
    return 0


def _show(results: report.Results, environment: str) -> None:
    report.show(results, environment, Console(width=None if sys.stdout.isatty() else 140))


def _results(environment: str, planned: Sequence[Stack]) -> report.Results:
    """By place, the account named where the stacks name it."""
    try:
        connections = Connections()
        found = targets(environment, planned, _default_region(connections, planned))
    except CredentialsError as error:
        return {"this account": without_credentials(error)}
    return {
        " of ".join(filter(None, (target.region, target.account))): look(target, connections.to(target.region))
        for target in found
    }


def _default_region(connections: Connections, planned: Sequence[Stack]) -> str:
    if connections.region or all(stack.region for stack in planned):
        return connections.region or ""
    raise CredentialsError("some stacks name no region, and neither do the credentials", ("export AWS_REGION=NAME",))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.preflight", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environment", required=True, metavar="ENV", help="whose stacks the assembly has to have")
    parser.add_argument(
        "--assembly", type=Path, default=Path("cdk.out"), metavar="FOLDER", help="what `cdk synth` wrote (cdk.out)"
    )
    parser.add_argument(
        "--credentials-only", action="store_true", help="look only whether there are any; needs no assembly"
    )
    parser.add_argument("--json", type=json_file, metavar="FILE", help="also write what was found to FILE")
    return parser
