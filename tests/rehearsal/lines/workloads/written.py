"""Writes the app of this folder's tests as a user has it: with a web application beside its access spec."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from keyless.rehearsal.app_folder import AppFolder

ROOT: Final = Path(__file__).parents[4]
WEB: Final = ROOT / "tests" / "app" / "web"
WEB_MYSQL: Final = WEB.with_name("web_mysql")
SPEC: Final[dict[str, Any]] = {
    "version": 1,
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
    "users": [
        *(
            {
                "username": name,
                "connection_limit": 20,
                "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
            }
            for name in ("api", "site")
        ),
        {"username": "drift_watch", "connection_limit": 2, "databases": ["app"]},
    ],
}


def written(folder: Path, web: Path = WEB) -> AppFolder:
    path = os.pathsep.join(str(ROOT / part) for part in (".", "constructs", "bootstrap_lambda", "client"))
    command = f"PYTHONPATH={path} {sys.executable} -m tests.rehearsal.lines.workloads.stack"
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    (folder / "cdk.json").write_text(json.dumps({"app": command, "versionReporting": False, "context": context}))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "access.yaml").write_text(yaml.safe_dump(SPEC))
    shutil.copytree(web, folder / "web")
    return AppFolder.find(folder)
