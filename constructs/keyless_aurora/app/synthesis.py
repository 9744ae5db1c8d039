"""A synth whose output is its own, and that every gate has judged."""

import os
import shutil
from pathlib import Path
from typing import Final

import aws_cdk as cdk

from keyless_checks.judged import REPORT
from keyless_checks.witness import Gates

_OUTPUT: Final = "CDK_OUTDIR"
"""Where the cdk command line wants the assembly."""
_LEFT: Final = ("asset.*", "bundling-temp-*", "assembly-*", REPORT)
"""What the CDK or its command line takes as it is, when it is there already."""
_FLAGS: Final = {"@aws-cdk/core:validateAgainstDefaultRules": True}
"""Whatever cdk.json says. Without it, what the validator and the cfn-guard rules find are warnings."""


class OutputError(Exception):
    """Something in the output folder can't be removed."""


def new_app() -> cdk.App:
    """An app without gates yet, which finds nothing in its output folder that it would take for its own.

    The CDK names a bundle by what it is made from, and takes one that is there for made: it could be from another
    synth, or have come with a commit.

    Raises:
        OutputError: with the file.
    """
    if output := os.environ.get(_OUTPUT):
        _clear(Path(output))
    return cdk.App(builtin_cloud_formation_validation=False, post_cli_context=_FLAGS)


def synthesize(app: cdk.App, gates: Gates) -> None:
    """Raises NotJudgedError when one of the gates has not judged what was made."""
    gates.refuse_unjudged(Path(app.synth().directory))


def _clear(output: Path) -> None:
    """Nothing else: whoever runs cdk may name any folder, and the command line has its lock in it."""
    try:
        for path in [path for pattern in _LEFT for path in output.glob(pattern)]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        raise OutputError(
            f"{error.filename} is left of an earlier synth and can't be removed: {error.strerror}"
        ) from error
