"""`python -m keyless.access_plan --base REF`: what a change of the access spec means for users, as a pull request's
comment.

Both specs are applied to a throwaway PostgreSQL, so it needs no database, no AWS and no credential. The comment goes to
stdout.

exit status: 0 shown; 1 the new spec is refused, or not all that a reviewer must not miss fits, and the comment says so;
or nothing could be shown, and stderr says why.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from keyless.access_plan.compare import compare
from keyless.access_plan.git import CommitError, file_in_commit
from keyless.access_plan.unmade import Unmade, unmade
from keyless.ending import INTERRUPTED, orderly, tell
from keyless.output_file import output_file, write_whole
from keyless.rehearsal.servers.postgres import PostgresError


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comment; the exit status as the module says."""
    options = _parser().parse_args(arguments)
    try:
        with orderly(), TemporaryDirectory(prefix="keyless-plan-") as folder:
            comment = compare(*_specs(options, Path(folder)), unmade=options.environments)
    except (CommitError, PostgresError) as error:
        print(f"keyless.access_plan: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        tell("keyless.access_plan: interrupted; nothing is left running")
        return INTERRUPTED
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(comment.text)
    if options.whole:
        write_whole(options.whole, comment.whole)
    return 1 if comment.refused else 0


def _specs(options: argparse.Namespace, folder: Path) -> tuple[Path | None, Path]:
    """The base's spec, if it has one, and the new one, which may be missing."""
    base = file_in_commit("--base", options.base, options.config, folder / "base")
    if options.proposed is None:
        return base, options.config
    proposed = file_in_commit("--proposed", options.proposed, options.config, folder / "proposed")
    return base, proposed or folder / "proposed" / options.config.name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.access_plan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--base", required=True, metavar="REF", help="the commit to compare with, as git names it: origin/main"
    )
    parser.add_argument(
        "--proposed", metavar="REF", help="the commit that has the new spec; without it, the file in this folder"
    )
    parser.add_argument(
        "--whole", type=output_file, metavar="FILE", help="write every change to it, whatever the number"
    )
    parser.add_argument(
        "--environments",
        type=_environments,
        default=(),
        metavar="JSON",
        help="what `python app.py environments` prints: where no engine makes users, the plan says so for each",
    )
    parser.add_argument(
        "--config", type=Path, default=Path("config/access.yaml"), metavar="FILE", help="the access spec in this folder"
    )
    return parser


def _environments(listed: str) -> list[Unmade]:
    try:
        return unmade(listed)
    except (ValueError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"not what `python app.py environments` prints: {error}") from error
