"""The environments of the app in this folder, as its app.py lists them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from keyless.verify.plan import Place

_SECONDS = 60


class AppError(Exception):
    """The folder has no app, or it doesn't have that environment."""


def place(folder: Path, environment: str) -> Place:
    """Raises AppError, with what is allowed."""
    found = {one["name"]: one for one in _environments(folder)}
    if environment not in found:
        raise AppError(f"no environment is named {environment!r}; allowed: {', '.join(found)}")
    one = found[environment]
    where = environment, one["prefix"], one["region"], one["account"] or "", one["qualifier"]
    return Place(*where, protected=bool(one["protected"]))


def _environments(folder: Path) -> list[dict[str, Any]]:
    try:
        app = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))["app"]
    except (OSError, ValueError, KeyError) as error:
        raise AppError(f"{folder} has no cdk.json that names an app: {error}; allowed: the folder of an app") from error
    # The same line that the cdk command line hands to the shell.
    listed = subprocess.run(  # noqa: S602 - as cdk runs it, from the app's own cdk.json
        f"{app} environments",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if listed.returncode:
        raise AppError(listed.stderr.strip().rpartition("\n")[2] or f"{app} environments ends with an error")
    return list(json.loads(listed.stdout))
