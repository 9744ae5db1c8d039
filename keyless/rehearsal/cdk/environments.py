"""The names of the app's environments, as its command lists them: a mistyped one is told before anything runs."""

import json
import subprocess
from tempfile import TemporaryDirectory
from typing import Final

from keyless.rehearsal.app_folder import AppError, AppFolder
from keyless.rehearsal.cdk.tools import environment

_SECONDS: Final = 60
"""2 are usual."""


def refuse_unknown(folder: AppFolder, name: str) -> None:
    """Of an app that lists none, the synth tells.

    Raises:
        AppError: with the names that there are.
    """
    if (names := _names(folder)) and name not in names:
        raise AppError(f"--environment: {name!r} is unknown; allowed: {', '.join(names)}")


def _names(folder: AppFolder) -> list[str]:
    """Those that `app.py environments` prints."""
    command = json.loads((folder.path / "cdk.json").read_text(encoding="utf-8")).get("app")
    if not isinstance(command, str):
        return []
    with TemporaryDirectory(prefix="keyless-environments-") as output:  # for an app that synthesizes, whatever is asked
        try:
            listed = subprocess.run(  # noqa: S602 - a command of a shell, by cdk.json, which cdk runs so too
                f"{command} environments",
                shell=True,
                cwd=folder.path,
                env=environment({"CDK_OUTDIR": output}),
                capture_output=True,
                text=True,
                check=True,
                timeout=_SECONDS,
            ).stdout
            return [str(one["name"]) for one in json.loads(listed)]
        except (subprocess.SubprocessError, ValueError, TypeError, KeyError):
            return []
