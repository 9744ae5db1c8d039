"""`python -m keyless.access_plan --base REF`: what a change of the access spec means for users, as a pull request's
comment.

Both specs are applied to a throwaway PostgreSQL, so it needs no database, no AWS and no credential. The comment goes to
stdout.

exit status: 0 shown; 1 the new spec is refused, and the comment says why, or nothing could be shown, and stderr says
why.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from keyless.access_plan.compare import compare
from keyless.access_plan.git import BaseError, file_in_commit
from keyless.rehearsal.servers.postgres import PostgresError


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comment; the exit status as the module says."""
    options = _parser().parse_args(arguments)
    try:
        with TemporaryDirectory(prefix="keyless-plan-") as folder:
            base = file_in_commit(options.base, options.config, Path(folder))
            comment = compare(base, options.config)
    except (BaseError, PostgresError) as error:
        print(f"keyless.access_plan: {error}", file=sys.stderr)
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(comment.text)
    return 1 if comment.refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.access_plan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--base", required=True, metavar="REF", help="the commit to compare with, as git names it: origin/main"
    )
    parser.add_argument(
        "--config", type=Path, default=Path("config/access.yaml"), metavar="FILE", help="the access spec in this folder"
    )
    return parser
