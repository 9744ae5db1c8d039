"""An app of `keyless init` that nobody has changed holds on whatever database it begins with, by the command.

PostgreSQL's is the tutorial's, which `make newcomer` does with the wheel.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.init.answers import Answers
from keyless.init.app import files
from keyless.init.library import Library
from keyless.init.writing import write
from tests.rehearsal.apps.generated import ROOT

SECONDS = 600.0


@pytest.mark.parametrize(
    "answers",
    [Answers(engine="aurora-mysql", table="sales.order"), Answers(engine="mariadb", pattern="B", region="us-east-1")],
    ids=lambda answers: f"{answers.engine}-{answers.pattern}",
)
def test_every_line_holds_and_both_functions_have_done_their_work(answers: Answers, tmp_path: Path) -> None:
    app, file = tmp_path / "shop", tmp_path / "evidence.json"
    write(app, files(answers, Library("", None)))
    for installed in (".venv", "node_modules"):
        (app / installed).symlink_to(ROOT / installed)
    arguments = ("--app", str(app), "--environment", "dev", "--json", str(file))
    command = [sys.executable, "-m", "keyless.rehearsal", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line["what"]: line["holds"] for line in json.loads(file.read_text())["lines"]}
    assert {what for what, holds in lines.items() if not holds} == set()
    assert {"Migrator: runs its migrations", "Writer: writes two rows"} <= lines.keys()
