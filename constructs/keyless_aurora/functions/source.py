"""Where a function's code comes from, said in its template for the rehearsal, which finds what to try with it there."""

import os
from pathlib import Path
from typing import Final, cast

from aws_cdk import CfnResource
from constructs import Construct

SOURCE: Final = "keyless:source"
"""The key in the resource's Metadata."""
REHEARSAL: Final = "rehearsal.yaml"
"""In a source's folder: what a rehearsal calls the function with (docs/rehearsal.md). Nothing to the function."""
_APP: Final = "cdk.json"


def say_source(made: Construct, folder: Path) -> None:
    """Name `folder` in the Metadata of `made`, as seen from the app's folder: the same on every machine.

    Args:
        made: a function, a task definition (`VpcService.task`) or a launch template (`VpcServers.template`).
    """
    cast(CfnResource, made.node.default_child).add_metadata(SOURCE, _from_app(folder.resolve()))


def _from_app(folder: Path) -> str:
    """From the nearest folder above that has a cdk.json; code that lies beside the app, from the current one."""
    app = next((above for above in folder.parents if (above / _APP).is_file()), Path.cwd())
    return Path(os.path.relpath(folder, app)).as_posix()
