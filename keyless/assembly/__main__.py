"""`python3 -m keyless.assembly ARCHIVE --sha256 DIGEST --environment NAME --into FOLDER`: unpack a cloud assembly that
may be deployed to that environment. `--app NAME`, where the app has a name: `KeylessApp(name=…)`.

FOLDER must not exist yet. Nothing is kept of an archive that is refused.

exit status: 0 unpacked; 1 refused, and stderr says why.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from keyless.assembly.archive import kept_only_if_accepted, unpack
from keyless.assembly.contents import content_problems
from keyless.assembly.refused import RefusedError
from keyless.assembly.target import qualifier_of


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        _accept(options)
    except (RefusedError, OSError) as error:
        for problem in error.problems if isinstance(error, RefusedError) else [str(error)]:
            print(f"keyless.assembly: {problem}", file=sys.stderr)
        return 1
    return 0


def _accept(options: argparse.Namespace) -> None:
    name: str = options.environment
    qualifier = dict(options.qualifier).get(name, qualifier_of(name, options.app))
    assembly = unpack(options.archive, sha256=options.sha256, folder=options.into)
    with kept_only_if_accepted(options.into):
        if problems := [*content_problems(assembly, name, qualifier, options.app)]:
            raise RefusedError(problems)


def _own_qualifier(text: str) -> tuple[str, str]:
    environment, _, qualifier = text.partition("=")
    if not re.fullmatch("[a-z0-9]{1,10}", qualifier):
        raise argparse.ArgumentTypeError(f"{text!a} is not ENVIRONMENT=QUALIFIER, as prod=mine")
    return environment, qualifier


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.assembly", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="a .tar.gz that holds cdk.out and nothing else")
    parser.add_argument("--sha256", required=True, metavar="DIGEST", help="the archive's, from whoever made it")
    parser.add_argument("--environment", required=True, metavar="NAME", help="whose stacks it may hold, and no others")
    parser.add_argument("--app", default="", metavar="NAME", help="the app's, if its `KeylessApp` has one")
    parser.add_argument(
        "--qualifier",
        action="append",
        default=[],
        type=_own_qualifier,
        metavar="ENVIRONMENT=QUALIFIER",
        help="for an environment whose settings give its bootstrap another qualifier than its name does",
    )
    parser.add_argument("--into", required=True, type=Path, metavar="FOLDER", help="a folder that doesn't exist yet")
    return parser


if __name__ == "__main__":
    sys.exit(main())
