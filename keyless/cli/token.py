"""`keyless token`: the IAM token of PGUSER for PGHOST, for a tool that takes a password."""

import sys

from keyless.cli import iam, seeds_variables
from keyless.cli.status import DONE


def run() -> int:
    with seeds_variables.for_libpq():
        sys.stdout.write(f"{iam.token()}\n")
    return DONE
