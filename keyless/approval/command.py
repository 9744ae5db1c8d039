"""`make approve ENV=prod`: have the environment's drift watch look at what a deploy would do in its databases, and
write that to config/approved/prod.json, for review. Changes nothing on AWS and in the databases.

It takes cloudformation:ListStackResources on the access stack, and lambda:GetFunctionConfiguration and
lambda:InvokeFunction on its drift watch.

exit status: 0 the file is written; 1 it isn't, and stderr says why.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import boto3

from keyless import cli
from keyless.cli.environment.watch import WatchError, watch_of
from keyless.verify.deployed import Clients
from keyless.verify.places import AppError, place


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return cli.main(_approve(options))
    except (AppError, WatchError) as error:
        print(f"keyless.approval: {error}", file=sys.stderr)
        return 1


def _approve(options: argparse.Namespace) -> list[str]:
    """The arguments of `keyless approve`."""
    where = place(options.app, options.environment)
    stack, to = f"{where.prefix}-access", options.app / "config" / "approved" / f"{options.environment}.json"
    given = ["approve", "--config", str(options.app / options.config), "--managed-by", stack, "--to", str(to)]
    if options.first:
        return [*given, "--first"]
    return [*given, "--function", watch_of(_clients(where.region), where.region, stack, where.account)]


def _clients(region: str) -> Clients:
    session = boto3.session.Session(region_name=region)
    return lambda service: session.client(service)  # type: ignore[call-overload]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.approval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environment", required=True, metavar="ENV", help="whose deploy is to be approved")
    parser.add_argument("--app", type=Path, default=Path(), metavar="DIR", help="the app's folder (default: this one)")
    parser.add_argument(
        "--config", type=Path, default=Path("config/access.yaml"), metavar="FILE", help="the access spec in it"
    )
    parser.add_argument(
        "--first",
        action="store_true",
        help="before the first deploy: approve whatever the spec gives in databases that nobody has anything in yet",
    )
    return parser
