"""What is said of an access spec, before and beside any database."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless.access_plan.compare import compare
from tests.docs.test_access import FRAME


def spec_problem(folder: Path) -> str:
    """Of a spec whose 218th user asks for an access that isn't there."""
    grants = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
    users: list[dict[str, Any]] = [{"username": f"user_{number}", "grants": grants} for number in range(217)]
    users.append({"username": "writer_a", "grants": [{**grants[0], "access": "write"}]})
    (folder / "config").mkdir()
    (folder / "config/access.yaml").write_text(yaml.safe_dump({**FRAME, "users": users}))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SpecError) as refused:
        patch.chdir(folder)
        AccessSpec.load(Path("config/access.yaml"))
    return str(refused.value)


def check(folder: Path) -> str:
    """What `keyless check` says of a spec with two mistakes."""
    reader = {"username": "reader", "auth_method": "token", "databases": ["sales"]}
    file = folder / "config" / "access.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({**FRAME, "users": [{"username": "writer"}, reader]}))
    command = [sys.executable, "-m", "keyless", "check"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stderr


def access_plan(folder: Path) -> str:
    """Of a pull request that gives the writer a key column."""
    grant = {"database": "app", "schemas": ["foo"], "access": "write_only"}
    specs = [
        {**FRAME, "users": [{"username": "lambda_writer", "grants": [{**grant, **more}]}]}
        for more in ({}, {"key_columns": ["id"]})
    ]
    before, after = folder / "before.yaml", folder / "after.yaml"
    before.write_text(yaml.safe_dump(specs[0]))
    after.write_text(yaml.safe_dump(specs[1]))
    return compare(before, after).text
