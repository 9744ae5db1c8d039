"""A handler that is run here gets what it gets deployed, and ends as it does there."""

import json
import os
import subprocess
import sys
from pathlib import Path

HANDLER = """
import sys
def handler(event, context):
    if event:
        sys.exit(0)
    return [bool(context.aws_request_id), context.function_name, context.get_remaining_time_in_millis() > 0]
"""


def called(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "handler.py").write_text(HANDLER)
    function = {"function": "f-1", "handler": "handler.handler", "source": str(folder), "bundle": "", "variables": {}}
    (folder / "rehearsal.json").write_text(json.dumps({"cloud": {}, "functions": {"F": function}}))
    return subprocess.run(
        [sys.executable, "-m", "keyless.rehearsal.invoke", "F", *arguments],
        env={**os.environ, "KEYLESS_REHEARSAL": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_has_a_context(tmp_path: Path) -> None:
    done = called(tmp_path, "{}", "--here")
    assert json.loads(done.stdout) == [True, "f-1", True], done.stderr


def test_a_handler_that_ends_the_process_has_failed(tmp_path: Path) -> None:
    done = called(tmp_path, '{"end": true}', "--here")
    assert (done.returncode, done.stdout) == (1, "")
    assert "deployed, that is Runtime.ExitError" in done.stderr


def test_an_event_that_is_not_json_or_not_there_is_refused(tmp_path: Path) -> None:
    assert "the event is not JSON: it has NaN; allowed" in called(tmp_path, '{"a": NaN}').stderr
    assert "none.json can't be read: No such file" in called(tmp_path, f"@{tmp_path}/none.json").stderr
