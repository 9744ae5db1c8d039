"""What is wrong with the functions' own files is said before anything is deployed, of all of them at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyless.rehearsal.own_lines.reading import RehearsalFileError
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.apps.generated import WIDE

WRONG = {
    "code/deploys/rehearsal.yaml": "order: first\nlines:\n- {event: {}, expect: alowed}\n",
    "code/reports/rehearsal.yaml": "line: []\n",
    "code/silent/rehearsal.yml": "lines:\n- {event: {}, expect: allowed}\n",
    "code/gone/rehearsal.yaml": "lines:\n- {event: {}, expect: allowed}\n",
}


def test_wrong_files_are_said_before_anything_is_deployed(tmp_path: Path) -> None:
    progress: list[str] = []
    app = replace(WIDE, files={**WIDE.files, **WRONG}).write(tmp_path)
    with pytest.raises(RehearsalFileError) as refused, Stage(app, WIDE.environment, progress.append):
        pass
    places = [line.removeprefix(f"{tmp_path}/code/").split("; ")[0] for line in str(refused.value).splitlines()]
    assert places == [
        "deploys/rehearsal.yaml, line 1: order is not a whole number",
        "deploys/rehearsal.yaml, line 3: lines[0].expect is not an expectation",
        "reports/rehearsal.yaml, line 1: lines is missing",
        "reports/rehearsal.yaml, line 1: line is not a field of it",
        "silent/rehearsal.yml is read by nothing under this name",
    ]
    assert not [line for line in progress if line.startswith("cdk ")]


OTHERS = "lines:\n- event: {}\n  expect: {refused: {by: MySQL}}\n"


def test_another_servers_refusal_is_said_before_anything_is_deployed(tmp_path: Path) -> None:
    progress: list[str] = []
    app = replace(WIDE, files={**WIDE.files, "code/deploys/rehearsal.yaml": OTHERS}).write(tmp_path)
    with pytest.raises(RehearsalFileError) as refused, Stage(app, WIDE.environment, progress.append):
        pass
    said = "line 3: lines[0].expect.refused.by is MySQL, and the database's server is PostgreSQL"
    assert str(refused.value) == f"{tmp_path}/code/deploys/rehearsal.yaml, {said}; allowed: PostgreSQL, IAM or function"
    assert not [line for line in progress if line.startswith("cdk ")]
