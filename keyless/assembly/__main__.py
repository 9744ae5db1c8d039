"""`python3 -m keyless.assembly ARCHIVE --sha256 DIGEST --into FOLDER`: unpack a cloud assembly that may be deployed.

FOLDER must not exist yet. Nothing is kept of an archive that is refused.

exit status: 0 unpacked; 1 refused, and stderr says why.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from keyless.assembly.archive import kept_only_if_accepted, unpack
from keyless.assembly.contents import content_problems
from keyless.assembly.refused import RefusedError


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        _accept(options.archive, options.sha256, options.into)
    except (RefusedError, OSError) as error:
        for problem in error.problems if isinstance(error, RefusedError) else [str(error)]:
            print(f"keyless.assembly: {problem}", file=sys.stderr)
        return 1
    return 0


def _accept(archive: Path, sha256: str, folder: Path) -> None:
    assembly = unpack(archive, sha256=sha256, folder=folder)
    with kept_only_if_accepted(folder):
        if problems := [*content_problems(assembly)]:
            raise RefusedError(problems)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keyless.assembly", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="a .tar.gz that holds cdk.out and nothing else")
    parser.add_argument("--sha256", required=True, metavar="DIGEST", help="the archive's, from whoever made it")
    parser.add_argument("--into", required=True, type=Path, metavar="FOLDER", help="a folder that doesn't exist yet")
    return parser


if __name__ == "__main__":
    sys.exit(main())
